//! What can be done to a leg now, from the same guards that the commands call.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Act, Context, Filing, MessageKind, Referral, SendContext};
use crate::shared::Blocker;

/// One act and whether it is possible now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Action {
    /// The act.
    pub act: Act,
    /// Nothing blocks it.
    #[schema(example = false)]
    pub allowed: bool,
    /// What blocks it: all of it at once, nothing when it is allowed.
    pub blockers: Vec<Blocker>,
}

/// What the list of acts has to know beyond the leg and the party.
#[derive(Clone, Copy, Default)]
pub struct ActionContext<'a> {
    /// For a draft: as for sending. Without it only party and state of `send` are judged.
    pub send: Option<&'a SendContext<'a>>,
    /// The caller's organisation's own filing.
    pub filing: Option<&'a Filing>,
}

impl Referral {
    /// What forbids one act, apart from what a command's own content would add.
    pub fn blockers_to(&self, act: Act, more: &ActionContext<'_>, ctx: &Context<'_>, now: DateTime<Utc>) -> Vec<Blocker> {
        let party = ctx.party;
        match act {
            Act::Patch => self.blockers_to_patch(party),
            Act::Delete => self.blockers_to_delete(party),
            Act::Send => match more.send {
                Some(send) => self.blockers_to_send(party, send),
                None => self.blockers_to_send_at_all(party),
            },
            Act::Review => self.blockers_to_review(party),
            Act::Waitlist => self.blockers_to_waitlist(party),
            Act::Assign => self.blockers_to_assign(party),
            Act::Accept => self.blockers_to_accept(ctx, now),
            Act::Path => self.blockers_to_path(party),
            Act::Refuse => self.blockers_to_refuse(ctx, now),
            Act::Redirect => self.blockers_to_redirect(party),
            Act::Withdraw => self.blockers_to_withdraw(party),
            Act::RecordAnswer => self.blockers_to_record_answer(party),
            Act::Complete => self.blockers_to_complete(party),
            Act::Archive => self.blockers_to_archive(more.filing, party),
            Act::Unarchive => self.blockers_to_unarchive(more.filing, ctx, now),
            Act::Message => self.blockers_to_message(MessageKind::Message, party),
            Act::PauseClock => self.blockers_to_pause(ctx),
            Act::ResumeClock => self.blockers_to_resume(party),
        }
    }

    /// Every act with what forbids it, in the order of the list.
    pub fn actions(&self, more: &ActionContext<'_>, ctx: &Context<'_>, now: DateTime<Utc>) -> Vec<Action> {
        let judged = Act::ALL.iter().map(|act| (*act, self.blockers_to(*act, more, ctx, now)));
        judged.map(|(act, blockers)| Action { act, allowed: blockers.is_empty(), blockers }).collect()
    }
}
