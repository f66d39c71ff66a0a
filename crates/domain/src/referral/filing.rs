//! Filing: each organisation puts a leg away for itself, and may end it by doing so.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::after;
use super::{ArchiveReason, Change, CompleteCommand, Context, Ending, Event, InboxBox, NoteText, Outcome, Party, Referral, State};
use crate::shared::{Blocked, Blocker, forbidden};

/// Why and how a leg is filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchiveCommand {
    /// Why.
    pub reason: ArchiveReason,
    /// Private to the organisation that files, by every door.
    #[serde(default)]
    pub note: Option<NoteText>,
    /// What becomes of a leg that is not over. Default: refuse one that waits, complete one in charge.
    #[serde(default)]
    pub ending: Option<Ending>,
}

/// One organisation's filing of one leg: a row of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Filing {
    /// Why.
    pub reason: ArchiveReason,
    /// Private to the organisation that filed.
    pub note: Option<NoteText>,
    /// When.
    pub filed_at: DateTime<Utc>,
    /// The leg as it was, when the filing ended it; none when it only filed.
    pub before: Option<Before>,
    /// The version of the leg once the ending is saved, which raises it by one: if the leg has another one later,
    /// something followed. None when the filing only filed.
    pub version_after: Option<i32>,
}

/// What an ending overwrote, kept to take it back. Kept as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
pub struct Before {
    /// The state.
    pub state: State,
    /// The first answer of any kind.
    pub answered_at: Option<DateTime<Utc>>,
    /// The decision.
    pub decided_at: Option<DateTime<Utc>>,
}

impl Filing {
    /// Whether the filing ended the leg.
    pub const fn ended(&self) -> bool {
        self.before.is_some()
    }
}

/// What filing made: the leg, perhaps ended, and the filing to be saved beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Archived {
    /// The leg and what happened to it. The leg is unchanged unless `filing.ended()`.
    pub change: Change,
    /// The filing.
    pub filing: Filing,
}

impl Referral {
    /// `not_the_receiver` (403) for anybody but a member of the sender or of a receiver that was told;
    /// `already_archived` (409). `filing` is the caller's organisation's own, if any.
    pub fn blockers_to_archive(&self, filing: Option<&Filing>, party: Party) -> Vec<Blocker> {
        let mut blockers = self.blockers_to_file(party);
        if filing.is_some() {
            blockers.push(self.state_blocker("already_archived"));
        }
        blockers
    }

    /// Files the leg for the caller's organisation. The receiver's filing refuses a leg that waits (with the code that
    /// goes with the reason and no message: the standard text holds) and completes one in charge as not done, unless
    /// `ending` is `none`. The sender's filing, and any filing of a leg that is over, files only.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_archive`]; `person_erased` (409) for a note; `ending_not_possible` on `/ending`, `forbidden_identifier` on `/note` (422).
    pub fn archive(
        mut self,
        command: ArchiveCommand,
        filing: Option<&Filing>,
        ctx: &Context<'_>,
        now: DateTime<Utc>,
    ) -> Result<Archived, Blocked> {
        let ArchiveCommand { reason, note, ending } = command;
        let mut blockers = self.blockers_to_archive(filing, ctx.party);
        let usual = self.usual_ending(ctx.party);
        let ending = ending.unwrap_or(usual);
        if ending != Ending::None && ending != usual {
            blockers.push(Blocker::content("ending_not_possible").at("/ending").with("state", self.state.code()));
        }
        // What was forgotten of the person is not written down anew.
        if note.is_some() && self.blanked_at.is_some() {
            blockers.push(Blocker::state("person_erased").at("/note"));
        }
        blockers.extend(forbidden(&[("/note", note.as_ref().map(NoteText::as_str))]));
        Blocked::unless_empty(blockers)?;
        let Self { state, answered_at, decided_at, .. } = self;
        let mut events = vec![Event::ReferralArchived];
        match ending {
            Ending::Refuse => {
                self.decide_refused(vec![reason.refusal_code()], ctx, now);
                events.push(Event::ReferralRefused);
            }
            Ending::Complete => {
                self.end_help(CompleteCommand { outcome: Outcome::NotDone, text: None }, ctx, now);
                events.push(Event::ReferralCompleted);
            }
            Ending::None => {}
        }
        let ended = ending != Ending::None;
        let before = ended.then_some(Before { state, answered_at, decided_at });
        let version_after = ended.then_some(self.version.saturating_add(1));
        let filing = Filing { reason, note, filed_at: now, before, version_after };
        Ok(Archived { change: Change { referral: self, events }, filing })
    }

    /// `not_the_receiver` (403) as for filing; `not_archived`, `not_reversible` (409): too late, or something followed
    /// the ending.
    pub fn blockers_to_unarchive(&self, filing: Option<&Filing>, ctx: &Context<'_>, now: DateTime<Utc>) -> Vec<Blocker> {
        let mut blockers = self.blockers_to_file(ctx.party);
        let Some(filing) = filing else {
            blockers.push(self.state_blocker("not_archived"));
            return blockers;
        };
        if now > after(filing.filed_at, ctx.clocks.unarchive_days) {
            let days = ctx.clocks.unarchive_days;
            blockers.push(self.state_blocker("not_reversible").with("cause", "too_late").with("days", days));
        }
        // What went back to the holder before, or was taken in charge elsewhere, has been followed.
        if filing.ended() && (filing.version_after != Some(self.version) || !self.head || ctx.taken) {
            blockers.push(self.state_blocker("not_reversible").with("cause", "something_followed"));
        }
        blockers
    }

    /// Takes back the filing, and the ending when that act made it: the leg is as before, its clocks afresh. Delete the
    /// filing.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_unarchive`].
    pub fn unarchive(mut self, filing: Option<&Filing>, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_unarchive(filing, ctx, now))?;
        let Some(before) = filing.and_then(|filing| filing.before) else {
            return Ok(self.became(Event::ReferralUnarchived));
        };
        self.enter(before.state, ctx.clocks, now);
        self.answered_at = before.answered_at;
        self.decided_at = before.decided_at;
        if before.state == State::Accepted {
            self.outcome = None;
            self.outcome_text = None;
        } else {
            self.refusal_codes = Vec::new();
            self.answer_message = None;
        }
        if before.state == State::Sent {
            self.set_reminder(ctx.clocks, ctx.zone, now);
        }
        Ok(Change { referral: self, events: vec![Event::ReferralUnarchived, Event::ReferralReopened] })
    }

    fn blockers_to_file(&self, party: Party) -> Vec<Blocker> {
        if party == Party::Sender { Vec::new() } else { self.receiver_only(party).into_iter().collect() }
    }

    /// How filing ends the leg when nothing else is said.
    fn usual_ending(&self, party: Party) -> Ending {
        match (party, self.state.r#box()) {
            (Party::Receiver, Some(InboxBox::ToHandle)) => Ending::Refuse,
            (Party::Receiver, Some(InboxBox::InCharge)) => Ending::Complete,
            _ => Ending::None,
        }
    }
}
