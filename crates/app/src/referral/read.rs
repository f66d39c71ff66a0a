//! Reading referrals: the detail, lists, boxes, the board, the search, and what can be done now.

use chrono::{DateTime, TimeDelta, Utc};
use relais_domain::access::{Category, Mask, Permission, Resource, Rule};
use relais_domain::referral::{Act, Action, ActionContext, BookletNumber, Context, Direction, State};
use relais_domain::shared::ids::{OrganisationId, ReferralId};
use relais_domain::task::TaskKind;
use relais_persistence::message::view::{TellThePerson, told};
use relais_persistence::referral::read::{self as legs, Filter, Reader};
use relais_persistence::referral::view::{BoardCount, InboxCounts, LineRow, ReferralLine, ReferralView};
use relais_persistence::referral::write;
use relais_persistence::task::read as task;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::act::{missing_permission, offer_of, party_of, send_context, visible};
use super::query::ReferralQuery;
use super::send;
use super::terms::Terms;
use crate::message::deliver;
use crate::{App, Caller, Page, PageRequest, Refusal, access_journal, directory, page};

/// Who reads, as the queries need it.
pub(crate) fn reader(caller: &Caller) -> Reader {
    Reader { organisation: caller.acting_for.as_ref().map(|acting| acting.id), user: caller.actor.user() }
}

/// One referral, as the caller may see it. The reading is noted in the access journal before the answer leaves.
///
/// # Errors
/// 404 when it is not visible.
pub async fn one(app: &App, caller: &Caller, id: ReferralId, with_notices: bool) -> Result<ReferralView, Refusal> {
    one_unless(app, caller, id, with_notices, |_| false).await
}

/// As [`one`]. Nothing is noted when the caller has this very view already: then it is not shown again.
///
/// # Errors
/// As [`one`].
pub async fn one_unless(
    app: &App,
    caller: &Caller,
    id: ReferralId,
    with_notices: bool,
    known: impl Fn(&ReferralView) -> bool,
) -> Result<ReferralView, Refusal> {
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let row = legs::one(&app.db, &rule, reader(caller), id).await?;
    let open = row.head.open();
    let me = reader(caller).organisation;
    let as_sender = me == Some(row.head.sender_organisation_id);
    let is_as_promised = row.is_as_promised();
    let mut view = row.detail(me, app.clock.now());
    view.service_changed = !is_as_promised && service_changed(app, &view).await?;
    if as_sender {
        view.undelivered = relais_persistence::message::read::undelivered(&app.db, id).await?;
    }
    if with_notices && as_sender {
        view.notices = Some(relais_persistence::message::read::notices_of(&app.db, id).await?);
    }
    if as_sender && open.tells_who() {
        view.tell_the_person = tell_the_person(app, caller, id, view.line.sender.id).await?;
    }
    if shows_content(open) && !known(&view) {
        access_journal::shown(app, caller, "referral", vec![id.0], open).await?;
    }
    Ok(view)
}

/// Whether what was promised at sending is not what is offered now. What is offered no more has changed.
async fn service_changed(app: &App, view: &ReferralView) -> Result<bool, Refusal> {
    let Some(promised) = &view.snapshot else { return Ok(false) };
    let offer = match (&view.line.service, &view.line.receiver) {
        (Some(service), _) => directory::offer(app, service.id).await?,
        (None, Some(receiver)) => directory::organisation_offer(app, receiver.id).await?,
        (None, None) => return Ok(false),
    };
    Ok(offer.is_none_or(|offer| promised.differs_from(&offer)))
}

/// What a person without an address is still to be told, in the words of the notices, written now.
async fn tell_the_person(app: &App, caller: &Caller, id: ReferralId, sender: OrganisationId) -> Result<Option<TellThePerson>, Refusal> {
    let Some(task) = task::open_of(&app.db, id, sender, TaskKind::TellThePerson).await? else { return Ok(None) };
    let say = deliver::to_say(app, caller, &told(&task)).await?;
    Ok(Some(TellThePerson { task_id: task.id, due_at: task.due_at, say }))
}

pub(super) fn shows_content(open: Mask) -> bool {
    open.categories().any(|category| category != Category::Existence)
}

/// The filter of a list, as it stands at an instant.
pub(crate) fn filter_of(query: &ReferralQuery, now: DateTime<Utc>) -> Filter {
    let days = query.untouched_days.map(|days| now - TimeDelta::days(days.into()));
    Filter {
        sent_by_me: query.direction.map(|direction| direction == Direction::Sent),
        in_box: query.r#box,
        states: query.state.clone(),
        services: query.service_id.clone(),
        senders: query.sender_id.clone(),
        assigned_to: query.assigned_to,
        assigned_unit: query.assigned_unit,
        unassigned: query.unassigned,
        from: query.at_from,
        to: query.at_to,
        untouched_since: query.untouched_since.into_iter().chain(days).min(),
        paused: query.paused,
        unread: query.unread,
        overdue_at: query.overdue.then_some(now),
        filed: query.filed,
        chain: None,
        need: None,
        name: None,
        contact: None,
        booklet: None,
    }
}

/// What a search looks for, besides the filters: the person. Everything in a body, nothing in a URL.
#[derive(Clone, Debug, Default)]
pub struct PersonSearch {
    /// The beginning of "family given", folded: case, accents, hyphens and spaces do not count.
    pub name: Option<String>,
    /// The person's phone or e-mail, whole.
    pub contact: Option<String>,
    /// The number of a booklet that the person carries.
    pub booklet: Option<BookletNumber>,
}

/// A page of referrals.
///
/// # Errors
/// `organisation_unverified` (403) for a box of an unverified organisation; 403 without `referrals:read`, or when a search asks for
/// what the caller may read of no referral.
pub async fn list(
    app: &App,
    caller: &Caller,
    query: &ReferralQuery,
    person: PersonSearch,
    page: PageRequest,
) -> Result<Page<ReferralLine>, Refusal> {
    let rule = list_rule(caller, query)?;
    // A search by what the caller may read of no referral at all is refused rather than found empty.
    let by_identity = person.name.is_some() || person.booklet.is_some();
    let asked = [(by_identity, Category::Identity), (person.contact.is_some(), Category::Contact)];
    if asked.iter().any(|(asked, category)| *asked && rule.narrowed_to(*category).is_never()) {
        return Err(Refusal::Forbidden(Permission::ReferralsRead));
    }
    let name = person.name.map(|name| relais_domain::shared::name::fold_name(&name));
    let contact = person.contact.map(|contact| relais_domain::person::contact_key(&contact));
    let filter = Filter { name, contact, booklet: person.booklet, ..filter_of(query, app.clock.now()) };
    let after = page.place::<ListPlace>(app, caller)?.map(ListPlace::opened).transpose()?;
    lines(app, caller, &rule, &filter, &page, after).await
}

/// A place as a cursor seals it: paused, microseconds, id.
#[derive(Serialize, Deserialize)]
struct ListPlace(bool, i64, Uuid);

impl ListPlace {
    fn of(place: legs::Place) -> Self {
        Self(place.paused, place.at.timestamp_micros(), place.id)
    }

    fn opened(self) -> Result<legs::Place, Refusal> {
        let at = DateTime::from_timestamp_micros(self.1).ok_or(Refusal::BadRequest("invalid_cursor"))?;
        Ok(legs::Place { paused: self.0, at, id: self.2 })
    }
}

/// The legs of one chain that the caller may see, oldest first: all of them for the sender, its own for each holder.
///
/// # Errors
/// 404 when the leg that is asked about is not visible.
pub async fn chain(app: &App, caller: &Caller, id: ReferralId, page: PageRequest) -> Result<Page<ReferralLine>, Refusal> {
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let root = legs::root_of(&app.db, &rule, reader(caller), id).await?;
    let filter = Filter { chain: Some(root), ..Filter::default() };
    let after = page.place::<ListPlace>(app, caller)?.map(ListPlace::opened).transpose()?;
    lines(app, caller, &rule, &filter, &page, after).await
}

/// A page of lines, noted in the access journal before it leaves.
async fn lines(
    app: &App,
    caller: &Caller,
    rule: &Rule,
    filter: &Filter,
    page: &PageRequest,
    after: Option<legs::Place>,
) -> Result<Page<ReferralLine>, Refusal> {
    let me = reader(caller);
    let rows = legs::page(&app.db, rule, me, filter, after, page.limit).await?;
    let count = if page.count { Some(legs::count(&app.db, rule, me, filter, page::MOST_COUNTED).await?) } else { None };
    let cut = page.page_by(app, caller, rows, |row| ListPlace::of(legs::place_of(row, filter)))?;
    let items = lines_of(app, caller, cut.items).await?;
    Ok(Page { items, next_cursor: cut.next_cursor, count: None, count_is_exact: None }.counted(count))
}

/// The rule under which a list is read.
///
/// # Errors
/// As [`list`].
pub(crate) fn list_rule(caller: &Caller, query: &ReferralQuery) -> Result<relais_domain::access::Rule, Refusal> {
    let received = query.r#box.is_some() || query.direction == Some(Direction::Received);
    if received { inbox_rule(caller) } else { caller.may(Resource::Referral, Permission::ReferralsRead) }
}

/// Rows as lines, noted in the access journal before they leave.
pub(crate) async fn lines_of(app: &App, caller: &Caller, rows: Vec<LineRow>) -> Result<Vec<ReferralLine>, Refusal> {
    let shown: Vec<_> = rows.iter().filter(|row| shows_content(row.head.open())).map(|row| row.head.id.0).collect();
    let open = rows.iter().map(|row| row.head.open()).reduce(Mask::union).unwrap_or_default();
    access_journal::shown(app, caller, "referral", shown, open).await?;
    let (me, now) = (reader(caller).organisation, app.clock.now());
    Ok(rows.into_iter().map(|row| row.line(me, now)).collect())
}

/// The rule for what was received; an unverified organisation has no inbox.
fn inbox_rule(caller: &Caller) -> Result<Rule, Refusal> {
    if caller.acting_for.as_ref().is_some_and(|acting| !acting.verified) {
        return Err(Refusal::Barred("organisation_unverified"));
    }
    caller.may(Resource::Referral, Permission::ReferralsRead)
}

/// The boxes of the receiver, counted.
///
/// # Errors
/// As [`list`] for a box.
pub async fn inbox(app: &App, caller: &Caller) -> Result<InboxCounts, Refusal> {
    let rule = inbox_rule(caller)?;
    Ok(legs::inbox(&app.db, &rule, reader(caller), app.clock.now()).await?)
}

/// The sender's board.
///
/// # Errors
/// 403 without `referrals:read`.
pub async fn board(app: &App, caller: &Caller) -> Result<Vec<BoardCount>, Refusal> {
    let rule = caller.may(Resource::Referral, Permission::ReferralsRead)?;
    Ok(legs::board(&app.db, &rule, reader(caller)).await?)
}

/// Every act with what blocks it for this caller now: the same guards that the acts call.
///
/// # Errors
/// 404 when it is not visible.
pub async fn actions(app: &App, caller: &Caller, id: ReferralId) -> Result<Vec<Action>, Refusal> {
    let tx = app.db.look(&app.ctx(caller)).await?;
    let locked = visible(&tx, caller, id).await?;
    let terms = Terms::of_leg(app, &tx, &locked.leg).await?;
    let (mut offer, mut facts) = (None, None);
    if locked.leg.state == State::Draft {
        offer = offer_of(&tx, &locked.leg).await?;
        facts = Some(send::facts(&tx, caller, &locked, send::Sender::known(caller)).await?);
    }
    let filing = match &caller.acting_for {
        Some(acting) => write::filing_of(&tx, id, acting.id).await?,
        None => None,
    };
    let now = tx.ctx().now;
    let taken = write::taken_elsewhere(&tx, &locked.leg).await?;
    tx.rollback().await?;
    let command = super::SendCommand::default();
    let eligibility = facts.as_ref().and_then(|_| send::judged(app, &locked.leg, offer.as_ref(), terms.zone, now));
    let sending = facts.as_ref().map(|facts| send_context(&terms, offer.as_ref(), eligibility.as_ref(), facts, &command));
    let judge = |act: &Act| {
        let ctx = Context { taken, ..terms.context(party_of(caller, &locked.leg, *act)) };
        let more = ActionContext { send: sending.as_ref(), filing: filing.as_ref() };
        let blockers = match missing_permission(caller, &locked, *act) {
            Some(blocker) => vec![blocker],
            None => locked.leg.blockers_to(*act, &more, &ctx, now),
        };
        Action { act: *act, allowed: blockers.is_empty(), blockers }
    };
    Ok(Act::ALL.iter().map(judge).collect())
}
