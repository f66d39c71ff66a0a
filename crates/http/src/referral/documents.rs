//! The files of a referral.

use actix_web::{delete, get, post};
use relais_app::document::view::ReferralDocumentView;
use relais_app::referral::{self, NewReferralDocument, ReferralDocuments};
use relais_domain::shared::ids::{DocumentId, ReferralId};

use crate::door::{Answer, Call, NoQuery};
use crate::server::Register;

pub(super) fn routes(config: &mut impl Register) {
    config
        .service(list_referral_documents)
        .service(add_referral_document)
        .service(read_referral_document)
        .service(remove_referral_document);
}

/// List the files of a referral
///
/// With those that it has lost because it had ended: they stay named as erased. Null to who may not see files.
#[utoipa::path(tag = "documents", params(("id" = ReferralId, Path, description = "The referral")),
    responses((status = 200, description = "The files", body = ReferralDocuments)), extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/referrals/{id}/documents")]
async fn list_referral_documents(call: Call) -> Answer {
    call.plain(&referral::documents(&call.app, &call.caller, call.id()?).await?)
}

/// Add a file to a draft
///
/// One that your organisation uploaded and that was found clean; up to 20. `code` names which of the documents that the service asks for
/// it is: an obligatory one then no longer stands against sending.
#[utoipa::path(tag = "documents", params(("id" = ReferralId, Path, description = "The referral")), request_body = NewReferralDocument,
    responses((status = 201, description = "The file, as the referral refers to it", body = ReferralDocumentView)),
    extensions(("x-permission" = json!("referrals:write"))))]
#[post("/v1/referrals/{id}/documents")]
async fn add_referral_document(call: Call<NoQuery, NewReferralDocument>) -> Answer {
    let id = call.id()?;
    let done = referral::add_document(&call.app, &call.caller, id, call.body.clone()).await?;
    call.effect(done, &referral::document(&call.app, &call.caller, id, done.id.into()).await?)
}

/// Read one file of a referral
///
/// As the referral refers to it; the file itself is at `/v1/documents/{id}/content`.
#[utoipa::path(tag = "documents", params(("id" = ReferralId, Path, description = "The referral"),
    ("document_id" = DocumentId, Path, description = "The file")),
    responses((status = 200, description = "The file", body = ReferralDocumentView)), extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/referrals/{id}/documents/{document_id}")]
async fn read_referral_document(call: Call) -> Answer {
    let known = |view: &ReferralDocumentView| call.knows(view);
    call.item(&referral::document_unless(&call.app, &call.caller, call.id()?, call.path_id("document_id")?, known).await?)
}

/// Take a file away from a draft
///
/// The file itself stays for three hours, or as long as another referral refers to it.
#[utoipa::path(tag = "documents", params(("id" = ReferralId, Path, description = "The referral"),
    ("document_id" = DocumentId, Path, description = "The file")),
    responses((status = 204, description = "The referral no longer refers to it")), extensions(("x-permission" = json!("referrals:write"))))]
#[delete("/v1/referrals/{id}/documents/{document_id}")]
async fn remove_referral_document(call: Call) -> Answer {
    call.nothing(referral::remove_document(&call.app, &call.caller, call.id()?, call.path_id("document_id")?).await?)
}
