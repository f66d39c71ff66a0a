//! The rows of an export: what the list shows, line by line, in the list's own order.

use chrono::{DateTime, Utc};
use relais_domain::access::Rule;
use relais_domain::report::plain_cell;
use relais_persistence::referral::read::{self as legs, Filter, Reader};
use relais_persistence::referral::view::{AssignmentView, FilingView, IdentityGroup, IdentityMinGroup, Named, PauseView, ReferralLine};

use crate::referral::{self, ReferralQuery};
use crate::{App, Caller, Refusal};

/// The head of the file: the names that the fields have in the list.
pub(super) const COLUMNS: [&str; 38] = [
    "id",
    "state",
    "box",
    "kind",
    "origin",
    "sender_id",
    "sender",
    "receiver_id",
    "receiver",
    "handed_over_by_id",
    "handed_over_by",
    "service_id",
    "service",
    "sent_at",
    "told_at",
    "decided_at",
    "ended_at",
    "remind_at",
    "expire_at",
    "paused_since",
    "paused_until",
    "pause_reason",
    "overdue",
    "unread",
    "assigned_member_id",
    "assigned_unit_id",
    "filed_at",
    "filed_reason",
    "filed_note",
    "family_name",
    "given_name",
    "birth_year",
    "employment_number",
    "age_band",
    "commune",
    "hidden",
    "created_at",
    "updated_at",
];

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn instant(at: Option<DateTime<Utc>>) -> String {
    at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)).unwrap_or_default()
}

fn named<Id: ToString>(named: Option<Named<Id>>) -> (String, String) {
    named.map(|Named { id, name }| (id.to_string(), name)).unwrap_or_default()
}

/// A line of the list as the cells of a row, texts as they are. What the reader lacks the right to is empty, and named in `hidden`.
pub(super) fn cells(line: ReferralLine) -> [String; COLUMNS.len()] {
    let ReferralLine {
        id,
        version: _,
        state,
        r#box,
        kind,
        origin,
        sender,
        receiver,
        handed_over_by,
        service,
        sent_at,
        told_at,
        decided_at,
        ended_at,
        remind_at,
        expire_at,
        paused,
        overdue,
        unread,
        assignment,
        filing,
        identity,
        identity_min,
        hidden,
        created_at,
        updated_at,
    } = line;
    let ((sender_id, sender), (receiver_id, receiver), (service_id, service)) = (named(Some(sender)), named(receiver), named(service));
    let (former_id, former) = named(handed_over_by);
    let (paused_since, paused_until, pause_reason) = paused.map_or((None, None, None), |pause| {
        let PauseView { since, until, reason } = pause;
        (Some(since), Some(until), reason)
    });
    let (member, unit) = assignment.map_or((None, None), |AssignmentView { member_id, unit_id }| (member_id, unit_id));
    let (filed_at, reason, note) = filing.map_or((None, None, None), |filing| {
        let FilingView { filed_at, reason, note } = filing;
        (Some(filed_at), reason, note)
    });
    let IdentityGroup { person_id: _, family_name, given_name, birth_year, employment_number, protected: _ } =
        identity.unwrap_or(IdentityGroup {
            person_id: None,
            family_name: None,
            given_name: None,
            birth_year: None,
            employment_number: None,
            protected: None,
        });
    let IdentityMinGroup { age_band, commune } = identity_min.unwrap_or(IdentityMinGroup { age_band: None, commune: None });
    let hidden: Vec<&str> = hidden.into_iter().map(relais_domain::access::Category::code).collect();
    [
        id.to_string(),
        state.to_string(),
        text(r#box),
        kind.to_string(),
        origin.to_string(),
        sender_id,
        sender,
        receiver_id,
        receiver,
        former_id,
        former,
        service_id,
        service,
        instant(sent_at),
        instant(told_at),
        instant(decided_at),
        instant(ended_at),
        instant(remind_at),
        instant(expire_at),
        instant(paused_since),
        instant(paused_until),
        text(pause_reason),
        overdue.to_string(),
        unread.to_string(),
        text(member),
        text(unit),
        instant(filed_at),
        text(reason),
        text(note),
        text(family_name),
        text(given_name),
        text(birth_year),
        text(employment_number),
        text(age_band),
        text(commune),
        hidden.join(" "),
        instant(Some(created_at)),
        instant(Some(updated_at)),
    ]
}

/// Writes CSV records (RFC 4180) into memory; no cell is a formula.
pub(super) fn csv_of<'a>(records: impl Iterator<Item = impl Iterator<Item = &'a str>>) -> Result<Vec<u8>, Refusal> {
    let failed = |error: &dyn std::fmt::Display| Refusal::Failed(format!("a row cannot be written: {error}"));
    let mut csv = csv::Writer::from_writer(vec![]);
    for record in records {
        csv.write_record(record.map(|cell| plain_cell(cell).into_owned())).map_err(|error| failed(&error))?;
    }
    csv.into_inner().map_err(|error| failed(&error))
}

/// A list read from one end to the other, a page at a time: however long it is, one page of it is in memory.
pub(super) struct Scan {
    rule: Rule,
    reader: Reader,
    filter: Filter,
    after: Option<legs::Place>,
    over: bool,
}

impl Scan {
    /// Begins a list under the rule of the list and the rule of the export.
    pub(super) fn of(app: &App, caller: &Caller, query: &ReferralQuery, export: &Rule) -> Result<Self, Refusal> {
        let rule = referral::list_rule(caller, query)?.where_also(export);
        Ok(Self { rule, reader: referral::reader(caller), filter: referral::filter_of(query, app.clock.now()), after: None, over: false })
    }

    /// A fingerprint of the rule under which it is read: another one, and another reader would see something else.
    pub(super) fn rights(&self) -> String {
        crate::fingerprint(&[format!("{:?}", self.rule).as_bytes()])
    }

    /// The next lines, none when there are no more. What they show is in the access journal before they are given out.
    pub(super) async fn next(&mut self, app: &App, caller: &Caller, most: u64) -> Result<Vec<ReferralLine>, Refusal> {
        if self.over {
            return Ok(vec![]);
        }
        let mut rows = legs::page(&app.db, &self.rule, self.reader, &self.filter, self.after, most).await?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.over = rows.len() <= most;
        rows.truncate(most);
        self.after = rows.last().map(|row| legs::place_of(row, &self.filter)).or(self.after);
        referral::lines_of(app, caller, rows).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_quoted_and_guarded() {
        let records = [["a", "=1+1"], ["b, \"c\"", "d\ne"]];
        let csv = csv_of(records.iter().map(|record| record.iter().copied())).unwrap();
        assert_eq!(String::from_utf8(csv).unwrap(), "a,'=1+1\n\"b, \"\"c\"\"\",\"d\ne\"\n");
    }

    #[test]
    fn no_column_stands_twice() {
        assert_eq!(COLUMNS.iter().collect::<std::collections::BTreeSet<_>>().len(), COLUMNS.len());
    }
}
