//! Referrals: one leg from one sender to one receiver, its form, its states, its clocks and its filing.
//!
//! Every act is a guard and an effect: `blockers_to_accept` lists what forbids the act, `accept` calls it first. A guard
//! never looks at more than the leg, the party that acts, the platform's delays and `now`.

mod actions;
mod answer;
mod answer_time;
mod booklet;
mod chain;
mod clock;
mod consent;
mod duplicate;
mod eligibility;
mod end;
mod event;
mod filing;
mod form;
mod holiday;
mod leg;
mod moderation;
mod offer;
mod pause;
mod retrieval;
mod saved_view;
mod send;
mod state;
mod suggested;
mod texts;
mod walk_in;

#[cfg(test)]
mod tests;

pub use actions::{Action, ActionContext};
pub use answer::{AcceptCommand, Decision, PathStep, RecordAnswerCommand, RefuseCommand, ReportedAnswer};
pub use answer_time::median_days;
pub use booklet::{
    Booklet, BookletNumber, BookletState, EntryKind, MOST_BOOKLETS, MOST_IN_SERIES, MOST_UNITS, Movement, NotABookletNumber, Reversible,
    UseFacts, blockers_to_issue, step_of,
};
pub use chain::{Contacted, HandOver, HandedOver, Holder, Passing};
pub use clock::{Clocks, DayCount, DueJob, DueKind, OrganisationClocks, Plan, Question, Zone};
pub use duplicate::is_probable_duplicate;
pub use eligibility::ReferralEligibility;
pub use end::{CompleteCommand, MessageCommand, WithdrawCommand};
pub use event::Event;
pub use filing::{ArchiveCommand, Archived, Before, Filing};
pub use form::{Adviser, ContactPatch, DocumentTick, Form, PersonForm};
pub use holiday::{CalendarCountry, HOLIDAY_YEARS, Holiday, WorkCalendar, after_working_days, easter};
pub use leg::{Change, Context, DraftContent, NewReferral, Party, Referral};
pub use moderation::{ModerationFacts, warnings};
pub use offer::{AskedDocument, Offer, OfferedCriterion, Snapshot};
pub use pause::{Pause, PauseCommand};
pub use retrieval::{
    DAYS_TO_OBJECT, RetrievalReason, RetrievalState, TRIES_A_DAY, TRIES_AN_HOUR, Way, blockers_to_object, blockers_to_retrieve,
    objection_ends,
};
pub use saved_view::{MOST_SAVED_VIEWS, SharedWith, ViewName, blockers_to_save_view, blockers_to_share_view};
pub use send::SendContext;
pub use state::{
    Act, AnswerChannel, ArchiveReason, ContactPreference, Direction, Ending, InboxBox, Kind, MessageKind, Origin, Outcome, RedirectCode,
    RefusalCode, State, Warning,
};
pub use suggested::{OwnMessage, Reason, ReasonLabel, ReasonList, SuggestedText, blockers_to_own_messages};
pub use walk_in::{NewWalkIn, Start};

crate::text! {
    /// Why the person is referred.
    ReasonText, max = 2000, multiline
}
crate::text! {
    /// The person's situation, in the sender's words.
    SituationText, max = 2000, multiline
}
crate::text! {
    /// A short note: why a document is missing, why a sender is blocked, why a leg is filed.
    NoteText, max = 1000, multiline
}
crate::text! {
    /// What is said with a decision: acceptance, refusal, withdrawal.
    AnswerText, max = 1000, multiline
}
crate::text! {
    /// What became of the help.
    OutcomeText, max = 1000, multiline
}
crate::text! {
    /// Why a referral is sent although no criterion is met, or an obligatory one is not.
    OverrideReason, max = 500, multiline
}
crate::text! {
    /// A message in the thread of a referral.
    MessageBody, max = 1000, multiline
}
crate::text! {
    /// The name of a step of the agreed path.
    PathLabel, max = 150
}
crate::text! {
    /// Where a step of the agreed path takes place.
    PathPlace, max = 300
}
crate::text! {
    /// Who gave an answer by phone or mail.
    ToldBy, max = 150
}
crate::text! {
    /// The name of an adviser or of an adviser's desk.
    AdviserName, max = 150
}
