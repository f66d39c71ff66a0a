//! The state diagram of docs/referral.md, drawn from what the commands do. `RELAIS_WRITE_DOCS=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::*;

const BEGIN: &str = "<!-- drawn from the code: begin -->\n";
const END: &str = "<!-- drawn from the code: end -->\n";

/// What leads from one state to another; `None` is before the first.
type Arrows = BTreeMap<(Option<State>, State), BTreeSet<String>>;

fn note(arrows: &mut Arrows, from: Option<State>, by: &str, done: Result<Referral, Blocked>) {
    if let Ok(leg) = done
        && Some(leg.state) != from
    {
        arrows.entry((from, leg.state)).or_default().insert(by.to_owned());
    }
}

/// What the clock, moderation and the other legs of the need do.
fn by_themselves(arrows: &mut Arrows, state: State, clocks: &Clocks) {
    let leg = leg_in(state, noon());
    let done = |change: Result<Change, Blocked>| change.map(|change| change.referral);
    let due = leg.due(clocks).iter().filter(|job| job.kind.is_ending()).map(|job| job.at).max();
    if let Some(at) = due.filter(|_| state != State::Draft) {
        note(arrows, Some(state), "the clock", done(leg.clone().expire(clocks, at)));
    }
    note(arrows, Some(state), "sender verified", done(leg.clone().release(clocks, &Paris, noon())));
    note(arrows, Some(state), "sender blocked", done(leg.clone().block("Refus".parse().unwrap(), clocks, noon())));
    note(arrows, Some(state), "sender verified but receiver gone", done(leg.clone().turn_back(clocks, noon())));
    note(arrows, Some(state), "another was first", done(leg.clone().supersede(clocks, noon())));
    note(arrows, Some(state), "receiver shut out", done(leg.clone().forsake(clocks, noon())));
    let lost = leg.clone().lose_consent(clocks, noon()).map(|change| change.referral);
    note(arrows, Some(state), "consent withdrawn", lost.ok_or_else(|| Blocked(vec![])));
    let target = other_offer(21);
    let retrieved = leg.clone().retrieve(Passing { kind: Kind::Retrieval, ..passing(&target, &[], clocks) }, clocks, noon());
    if let Ok(done) = &retrieved {
        let taken = done.next.referral.clone().accept(AcceptCommand::default(), None, &context(Party::Receiver, clocks), noon());
        note(arrows, None, "retrieval in charge", taken.map(|change| change.referral));
    }
    note(arrows, Some(state), "retrieval", retrieved.map(|done| done.former.referral));
    let handed = leg.redirect(passing(&target, &[], clocks), &context(Party::Receiver, clocks), noon());
    if let Ok(handed) = handed {
        let former = handed.former.referral;
        note(arrows, Some(State::Redirected), "return", done(former.clone().come_back(former.form.contact(), clocks, noon())));
    }
}

/// The receiver corrects what the sender reported.
fn corrected(arrows: &mut Arrows, reported: &Referral, clocks: &Clocks) {
    let (ctx, state) = (context(Party::Receiver, clocks), Some(reported.state));
    let accepted = reported.clone().accept(AcceptCommand::default(), None, &ctx, noon());
    note(arrows, state, "correction", accepted.map(|change| change.referral));
    note(arrows, state, "correction", reported.clone().refuse(refusal(), &ctx, noon()).map(|change| change.referral));
}

/// What ends a draft: its row is gone.
fn ends_of_a_draft(clocks: &Clocks) -> Vec<&'static str> {
    let leg = draft(noon());
    let expires = leg.expire_at.unwrap();
    let deleted = leg.clone().delete(Party::Sender).is_ok_and(|change| change.events == [Event::DraftDeleted]);
    let expired = leg.expire(clocks, expires).is_ok_and(|change| change.events == [Event::DraftExpired]);
    [(deleted, "delete"), (expired, "the clock")].into_iter().filter_map(|(ends, by)| ends.then_some(by)).collect()
}

fn by_people(arrows: &mut Arrows, state: State, clocks: &Clocks) {
    for party in [Party::Sender, Party::Receiver, Party::Link] {
        for one in Act::ALL.iter().filter(|one| !matches!(one, Act::Send | Act::Unarchive | Act::RecordAnswer)) {
            let done = act(leg_in(state, noon()), *one, None, &context(party, clocks), noon());
            note(arrows, Some(state), one.code(), done.map(|done| done.change.referral));
        }
        for decision in Decision::ALL {
            let ctx = context(party, clocks);
            let done = leg_in(state, noon()).record_answer(reported(*decision, Paris.local_date(noon())), None, &ctx, noon());
            let done = done.map(|change| change.referral);
            if let Ok(reported) = &done {
                corrected(arrows, reported, clocks);
            }
            note(arrows, Some(state), "record_answer", done);
        }
        let ctx = context(party, clocks);
        if let Ok(Archived { change, filing }) = leg_in(state, noon()).archive(archive_command(None), None, &ctx, noon()) {
            let mut leg = change.referral;
            let ended = leg.state;
            leg.version += 1;
            note(arrows, Some(ended), "unarchive", leg.unarchive(Some(&filing), &ctx, noon()).map(|change| change.referral));
        }
    }
}

fn arrows() -> Arrows {
    let (clocks, offer) = (Clocks::default(), offer());
    let mut arrows = Arrows::new();
    let send = |verified| {
        let ctx = SendContext { sender_verified: verified, ..send_context(&offer, &clocks) };
        draft(noon()).send(Party::Sender, &ctx, noon()).map(|change| change.referral)
    };
    note(&mut arrows, None, "draft", Ok(draft(noon())));
    note(&mut arrows, Some(State::Draft), "send, broadcast", send(true));
    note(&mut arrows, Some(State::Draft), "send while unverified", send(false));
    note(&mut arrows, None, "next leg of a chain, walk_in, outside", Ok(sent(noon())));
    note(&mut arrows, None, "walk_in in charge", Ok(leg_in(State::Accepted, noon())));
    for state in State::ALL {
        by_people(&mut arrows, *state, &clocks);
        by_themselves(&mut arrows, *state, &clocks);
    }
    arrows
}

fn drawn() -> String {
    let mut text = "```mermaid\nstateDiagram-v2\n".to_owned();
    for ((from, to), by) in arrows() {
        let from = from.map_or("[*]", State::code);
        writeln!(text, "  {from} --> {to}: {}", by.into_iter().collect::<Vec<_>>().join(", ")).unwrap();
    }
    writeln!(text, "  {} --> [*]: {}", State::Draft, ends_of_a_draft(&Clocks::default()).join(", ")).unwrap();
    for state in State::ALL.iter().filter(|state| state.has_ended()) {
        writeln!(text, "  {state} --> [*]").unwrap();
    }
    text + "```\n"
}

#[test]
fn the_diagram_of_the_documentation_is_what_the_code_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/referral.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = text.split_once(BEGIN).unwrap();
    let (shown, tail) = rest.split_once(END).unwrap();
    let drawn = drawn();
    if std::env::var_os("RELAIS_WRITE_DOCS").is_some() {
        std::fs::write(&path, format!("{head}{BEGIN}{drawn}{END}{tail}")).unwrap();
        return;
    }
    assert_eq!(shown, drawn, "RELAIS_WRITE_DOCS=1 cargo test -p relais-domain diagram writes it anew");
}
