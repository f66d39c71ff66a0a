//! Signing up: nobody is revealed, and an account counts for whoever reads the mail and chose the password.

use chrono::TimeDelta;
use relais_persistence::identity::entity::account_token;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, World, behind, sign_up, whole};

const NEW: &str = "dominique@arrivants.example.org";
const OTHER: &str = "un tout autre mot de passe";

async fn signs_up(world: &World, email: &str, password: &str) -> Answer {
    world.anybody().post("/v1/auth/sign-up", sign_up(email, password)).await
}

async fn confirms(world: &World, token: &str, password: &str) -> Answer {
    world.anybody().post("/v1/auth/confirm-email", json!({"token": token, "password": password})).await
}

async fn logs_in(world: &World, email: &str, password: &str) -> Answer {
    world.anybody().post("/v1/auth/login", json!({"email": email, "password": password})).await
}

/// The token of the newest mail to the newcomer.
async fn token(world: &World) -> String {
    behind(world.mailed(NEW, "account_confirmation").await.last().unwrap(), "confirm_email.")
}

both! {
    async fn an_account_counts_once_its_address_is_confirmed(world) {
        let accepted = signs_up(world, NEW, PASSWORD).await.with_status(202).good();
        assert_eq!(accepted, json!({"accepted": true}));
        logs_in(world, NEW, PASSWORD).await.refused(401, "email_unconfirmed");
        logs_in(world, NEW, OTHER).await.refused(401, "wrong_credentials");
        world.anybody().post("/v1/auth/password-reset", json!({"email": NEW})).await.with_status(202);

        let mails = world.mailed(NEW, "account_confirmation").await;
        let mail = whole(&mails[0]);
        assert!(mails.len() == 1 && mail.contains("Confirmez votre adresse"), "{mail}");
        assert!(!mail.contains("Dominique"), "a stranger may have typed the name: {mail}");
        assert!(world.mailed(NEW, "password_reset").await.is_empty(), "there is no account to reset yet");
        let token = behind(&mails[0], "confirm_email.");
        confirms(world, "nonsense", PASSWORD).await.refused(422, "invalid_confirmation_token");
        confirms(world, &token, OTHER).await.refused(422, "wrong_password");
        confirms(world, &token, PASSWORD).await.with_status(204);
        confirms(world, &token, PASSWORD).await.refused(422, "invalid_confirmation_token");

        let newcomer = world.signs_in(NEW, PASSWORD).await;
        let me = newcomer.get("/v1/me").await.good();
        assert_eq!((&me["user"]["name"], &me["user"]["language"]), (&json!("Dominique Arrivant"), &json!("fr")));
        assert_eq!((&me["memberships"], &me["acting_for"]), (&json!([]), &Value::Null));
        newcomer.get("/v1/inbox").await.refused(400, "organisation_required");
    }

    async fn the_answer_does_not_tell_who_has_an_account(world) {
        let known = world.prescriber().persona["email"].as_str().unwrap().to_owned();
        let (of_known, of_new) = (signs_up(world, &known, PASSWORD).await, signs_up(world, NEW, PASSWORD).await);
        assert_eq!((of_known.status, &of_known.text), (of_new.status, &of_new.text));
        for email in [&known, NEW] {
            signs_up(world, email, "court").await.refused(422, "password_too_weak");
        }
        let told = world.mailed(&known, "account_exists").await;
        assert!(told.len() == 1 && whole(&told[0]).contains("Vous avez déjà un compte"), "{told:?}");
        assert!(world.mailed(NEW, "account_exists").await.is_empty());
        logs_in(world, &known, PASSWORD).await.refused(401, "wrong_credentials");
        logs_in(world, &known, world.prescriber().persona["password"].as_str().unwrap()).await.good();
        signs_up(world, &known.to_uppercase(), PASSWORD).await.with_status(202);
        assert_eq!(world.mailed(&known, "account_exists").await.len(), 2, "case does not make another address");
    }

    async fn the_last_sign_up_counts_and_only_its_mail(world) {
        signs_up(world, NEW, OTHER).await.with_status(202);
        let first = token(world).await;
        signs_up(world, NEW, PASSWORD).await.with_status(202);
        confirms(world, &first, OTHER).await.refused(422, "invalid_confirmation_token");
        let second = token(world).await;
        confirms(world, &second, OTHER).await.refused(422, "wrong_password");
        confirms(world, &second, PASSWORD).await.with_status(204);
        logs_in(world, NEW, OTHER).await.refused(401, "wrong_credentials");
        logs_in(world, NEW, PASSWORD).await.good();
    }

    async fn a_mailed_token_is_good_for_a_day(world) {
        signs_up(world, NEW, PASSWORD).await.with_status(202);
        let token = token(world).await;
        let database = world.copy.connect().await;
        let row = account_token::Entity::find().filter(account_token::Column::Purpose.eq("confirm_email")).one(&database).await.unwrap().unwrap();
        assert_eq!(row.expires_at - row.created_at, TimeDelta::hours(24));
        let passed = Expr::val(row.created_at - TimeDelta::seconds(1));
        account_token::Entity::update_many().col_expr(account_token::Column::ExpiresAt, passed).exec(&database).await.unwrap();
        database.close().await.unwrap();
        confirms(world, &token, PASSWORD).await.refused(422, "invalid_confirmation_token");
        logs_in(world, NEW, PASSWORD).await.refused(401, "email_unconfirmed");
    }

    async fn an_invitation_counts_more_than_what_somebody_typed_at_sign_up(world) {
        signs_up(world, NEW, OTHER).await.with_status(202);
        let old = token(world).await;
        let admin = world.persona("admin");
        let role = admin.role_from(admin.organisation(), "reader").await;
        let path = format!("/v1/organisations/{}/invitations", admin.organisation());
        admin.post(&path, json!({"email": NEW, "role_id": role})).await.with_status(201);
        let sealed = behind(world.mailed(NEW, "invitation").await.last().unwrap(), "invitation.");
        let (invitation, key) = sealed.split_once('.').unwrap();
        let accept = json!({"token": key, "name": "Dominique Vraiment", "password": PASSWORD});
        world.anybody().post(&format!("/v1/invitations/{invitation}/accept"), accept).await.good();
        logs_in(world, NEW, OTHER).await.refused(401, "wrong_credentials");
        let newcomer = world.signs_in(NEW, PASSWORD).await;
        assert_eq!(newcomer.get("/v1/me").await.good()["user"]["name"], "Dominique Vraiment");
        confirms(world, &old, OTHER).await.refused(422, "invalid_confirmation_token");
    }

    async fn sign_ups_have_a_budget_that_the_answer_does_not_tell(quiet) {
        let world = World::open_with(quiet.engine, &[("RELAIS_LIMITS", "on")]).await;
        for _ in 0..8 {
            signs_up(&world, NEW, PASSWORD).await.with_status(202);
        }
        let mails = world.mails_arrive().await;
        let sent = mails.iter().filter(|mail| mail["to"] == NEW).count();
        // Only the last token is still good, and a mail about one that is not does not leave. Two periods may have been touched.
        assert!(sent <= 6, "{sent} mails left");
        let database = world.copy.connect().await;
        let tokens = crate::world::tools::number(&database, "SELECT count(*) FROM account_token WHERE purpose = 'confirm_email'").await;
        assert!((3..=6).contains(&tokens), "{tokens} tokens were made");
        database.close().await.unwrap();
        world.close().await;
    }
}
