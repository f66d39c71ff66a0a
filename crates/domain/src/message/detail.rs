//! How much a notice may say, decided by the recipient's right.

use super::{NoticeKind as K, Recipient as R};
use crate::access::{Category, Mask};

/// What a notice may hold. Whatever is false is blanked before a template sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent permission, read one by one")]
pub struct Detail {
    /// The person's name.
    pub person_identity: bool,
    /// The person's phone or e-mail. No notice holds them: they are read behind the link.
    pub person_contact: bool,
    /// Reasons: of a refusal or of a block.
    pub reasons: bool,
    /// How it ended: the outcome of the help, or the answer that was recorded.
    pub outcome: bool,
    /// The service, its address and its contact.
    pub service: bool,
    /// The link to the record.
    pub link: bool,
    /// Free text: a message, the answer's message, the text of an outcome.
    pub message: bool,
}

impl Detail {
    /// What of a referral a reader must be able to read where it stands before a notice may tell it.
    pub const fn reads(self) -> Mask {
        let who = if self.person_identity { Mask::of(&[Category::Identity]) } else { Mask::NONE };
        let case = if self.reasons || self.outcome || self.message { Mask::of(&[Category::Social]) } else { Mask::NONE };
        who.union(case)
    }
}

const NOTHING: Detail =
    Detail { person_identity: false, person_contact: false, reasons: false, outcome: false, service: false, link: false, message: false };
const LINK: Detail = Detail { link: true, ..NOTHING };
const REASONS: Detail = Detail { reasons: true, ..NOTHING };
const SERVICE: Detail = Detail { service: true, ..NOTHING };
const SERVICE_LINK: Detail = Detail { service: true, link: true, ..NOTHING };

/// What the recipient of a notice of this kind may read in it. A pair that the table never yields may read nothing.
///
/// The receiver never finds the person in a mail: who refers and which service are enough, the rest is behind the link.
/// An adviser outside the sending organisation reads no name either. The person reads no reasons.
pub const fn detail(kind: K, recipient: R) -> Detail {
    match recipient {
        R::Receiver => receiver(kind),
        R::Sender | R::Adviser => sender(kind),
        R::OutsideAdviser => outside_adviser(kind),
        R::Person => person(kind),
        R::Moderator => match kind {
            K::HeldReminder => LINK,
            _ => NOTHING,
        },
        R::Account => match kind {
            K::Invitation | K::PasswordReset | K::EmailConfirmation | K::AccountConfirmation | K::ExportReady => LINK,
            K::JoinRequested => Detail { message: true, ..LINK },
            K::JoinRefused => Detail { message: true, ..NOTHING },
            K::ServiceReported | K::SavedSearchAlert | K::Digest => SERVICE_LINK,
            K::DocumentRefused => Detail { reasons: true, ..LINK },
            _ => NOTHING,
        },
        R::Claimant => match kind {
            K::Retrieved => SERVICE_LINK,
            // Who holds the file is not told: the claim proved no right to it.
            _ => NOTHING,
        },
        R::Lead => match kind {
            K::Escalated | K::Retrieved => SERVICE_LINK,
            _ => NOTHING,
        },
        R::AddressOnFile => match kind {
            K::ServiceReported => SERVICE_LINK,
            _ => NOTHING,
        },
    }
}

const fn receiver(kind: K) -> Detail {
    match kind {
        K::Sent
        | K::Accepted
        | K::Withdrawn
        | K::Expired
        | K::Reminder
        | K::HolderReminder
        | K::ContactChanged
        | K::AccessLink
        | K::Redirected
        | K::Returned
        | K::Retrieved
        | K::Claimed
        | K::ClaimObjected
        | K::ClaimLapsed
        | K::Superseded
        | K::ConsentWithdrawn => SERVICE_LINK,
        K::AnswerRecorded => Detail { outcome: true, ..SERVICE_LINK },
        K::Message => Detail { message: true, ..SERVICE_LINK },
        _ => NOTHING,
    }
}

const fn sender(kind: K) -> Detail {
    let known = Detail { person_identity: true, ..SERVICE_LINK };
    match kind {
        K::Held => LINK,
        K::Blocked => REASONS,
        K::DraftDeleted => SERVICE,
        K::Sent
        | K::Reviewed
        | K::Waitlisted
        | K::Withdrawn
        | K::Expired
        | K::Reopened
        | K::WaitlistQuestion
        | K::OutsideQuestion
        | K::Redirected
        | K::Retrieved
        | K::Claimed
        | K::ClaimObjected
        | K::ClaimLapsed => known,
        K::Accepted | K::Message => Detail { message: true, ..known },
        K::Refused | K::Returned => Detail { reasons: true, message: true, ..known },
        K::Completed | K::AnswerRecorded => Detail { outcome: true, message: true, ..known },
        _ => NOTHING,
    }
}

/// As the sender, but without the person's name.
const fn outside_adviser(kind: K) -> Detail {
    match kind {
        K::Sent
        | K::Reviewed
        | K::Waitlisted
        | K::Withdrawn
        | K::Expired
        | K::Reopened
        | K::Accepted
        | K::Message
        | K::Refused
        | K::Completed
        | K::AnswerRecorded
        | K::Redirected
        | K::Returned
        | K::Retrieved
        | K::Claimed
        | K::ClaimObjected
        | K::ClaimLapsed => Detail { person_identity: false, ..sender(kind) },
        _ => NOTHING,
    }
}

const fn person(kind: K) -> Detail {
    let known = Detail { person_identity: true, ..SERVICE };
    match kind {
        K::SentToPerson | K::Refused | K::Withdrawn | K::Expired | K::Redirected | K::Returned | K::Retrieved | K::Claimed => known,
        K::Accepted | K::Message => Detail { message: true, ..known },
        _ => NOTHING,
    }
}
