//! Candidates for duplicates: rows that have something in common. Whether they are of one person the domain says.

use relais_domain::access::Rule;
use relais_domain::person::contact_key;
use relais_domain::referral::{PersonForm, State};
use relais_domain::shared::ids::{OrganisationId, PersonId, ReferralId};
use relais_domain::shared::name::PersonName;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, Condition, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::super::entity::person;
use super::super::view::PersonRow;
use super::{PersonFilter, has_contact, visible, with_mask};
use crate::db::{Db, Failure, Tx};
use crate::referral::entity::referral;

/// How many letters of a name candidates have in common.
const LETTERS: usize = 3;
const MOST: u64 = 300;

/// What of a person candidates are looked up by.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    beginnings: Vec<String>,
    contacts: Vec<String>,
    number: Option<String>,
}

impl Marks {
    /// The marks of a person: how both names begin, phone and e-mail, the employment number.
    pub fn of(form: &PersonForm) -> Self {
        let begin = |name: &Option<PersonName>| Some(name.as_ref()?.folded().chars().take(LETTERS).collect::<String>());
        let beginnings = [begin(&form.family_name), begin(&form.given_name)];
        let contacts = [form.phone.as_deref(), form.email.as_deref()].into_iter().flatten().map(contact_key);
        Self {
            beginnings: beginnings.into_iter().flatten().filter(|beginning| !beginning.is_empty()).collect(),
            contacts: contacts.filter(|key| !key.is_empty()).collect(),
            number: form.employment_number.clone(),
        }
    }

    fn condition<C: ColumnTrait>(&self, name: C, contacts: C) -> Condition {
        let mut any = Condition::any();
        for beginning in &self.beginnings {
            let range = Condition::all().add(name.gte(beginning.as_str())).add(name.lt(format!("{beginning}\u{10FFFF}")));
            any = any.add(range);
        }
        self.contacts.iter().fold(any, |any, key| any.add(has_contact(contacts, key)))
    }

    fn is_empty(&self) -> bool {
        self.beginnings.is_empty() && self.contacts.is_empty() && self.number.is_none()
    }
}

/// Records of an organisation, other than some, that have a mark in common and that the rule shows.
///
/// # Errors
/// As any read.
pub async fn people_like(
    db: &Db,
    rule: &Rule,
    organisation: OrganisationId,
    marks: &Marks,
    but: PersonId,
) -> Result<Vec<PersonRow>, Failure> {
    use person::Column as C;
    if marks.is_empty() {
        return Ok(vec![]);
    }
    let mut alike = marks.condition(C::NameFolded, C::ContactKeys);
    if let Some(number) = &marks.number {
        alike = alike.add(C::EmploymentNumber.eq(number.as_str()));
    }
    let query = visible(rule, &PersonFilter::default())
        .filter(C::OrganisationId.eq(organisation))
        .filter(C::BlankedAt.is_null())
        .filter(C::Id.ne(but))
        .filter(alike)
        .order_by_desc(C::CreatedAt)
        .order_by_desc(C::Id)
        .limit(MOST);
    Ok(with_mask(query, rule).all(db.reader()).await?)
}

/// The ids of open legs in an organisation's inbox, other than one, that have a mark in common, the newest first. The caller asks
/// the policy about each.
///
/// # Errors
/// As any read.
pub async fn legs_like(tx: &Tx, receiver: OrganisationId, marks: &Marks, but: ReferralId) -> Result<Vec<ReferralId>, Failure> {
    use referral::Column as R;
    use sea_orm::ConnectionTrait as _;
    if marks.beginnings.is_empty() && marks.contacts.is_empty() {
        return Ok(vec![]);
    }
    let open = State::ALL.iter().filter(|state| state.is_open()).map(|state| state.code());
    let query = sea_orm::sea_query::Query::select()
        .column(R::Id)
        .from(referral::Entity)
        .and_where(Expr::col(R::ReceiverOrganisationId).eq(receiver))
        .and_where(Expr::col(R::InboxBox).is_not_null())
        .and_where(Expr::col(R::State).is_in(open))
        .and_where(Expr::col(R::Id).ne(but))
        .cond_where(marks.condition(R::NameFolded, R::ContactKeys))
        .order_by(R::ToldAt, sea_orm::Order::Desc)
        .limit(MOST)
        .take();
    tx.conn().query_all(&query).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
