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
    note(arrows, Some(state), "another was first", done(leg.clone().supersede(clocks, noon())));
    let target = other_offer(21);
    let retrieved = leg.clone().retrieve(Passing { kind: Kind::Retrieval, ..passing(&target, &[], clocks) }, clocks, noon());
    note(arrows, Some(state), "retrieval", retrieved.map(|done| done.former.referral));
    let handed = leg.redirect(passing(&target, &[], clocks), &context(Party::Receiver, clocks), noon());
    if let Ok(handed) = handed {
        note(arrows, Some(State::Redirected), "return", done(handed.former.referral.come_back(clocks, noon())));
    }
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
            note(arrows, Some(state), "record_answer", done.map(|change| change.referral));
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
