//! Notices: who is told what, by which way, and with how much detail.
//!
//! A notice is decided here and rendered elsewhere. The renderer asks [`detail`] what a recipient has a right to and blanks
//! everything else before a template sees it, so no template can leak.

mod detail;
mod table;
#[cfg(test)]
mod tests;
mod texts;

pub use detail::{Detail, detail};
pub use table::{Line, Moment, TABLE, notices_for, pairs};
pub use texts::document_refusal;

crate::choice! {
    /// What a notice is about. The event that sets notices off has the name of its kind.
    pub enum NoticeKind {
        /// The referral waits until the sending organisation is verified.
        Held = "held",
        /// Moderation refused the sending organisation.
        Blocked = "blocked",
        /// The referral reached the receiver.
        Sent = "sent",
        /// The person learns who referred her, and where to.
        SentToPerson = "sent_to_person",
        /// The receiver studies the referral.
        Reviewed = "reviewed",
        /// There is no place yet.
        Waitlisted = "waitlisted",
        /// The receiver takes the person in charge.
        Accepted = "accepted",
        /// The receiver refused.
        Refused = "refused",
        /// The sender took the referral back.
        Withdrawn = "withdrawn",
        /// Nobody answered in time.
        Expired = "expired",
        /// The help ended.
        Completed = "completed",
        /// An ending was taken back.
        Reopened = "reopened",
        /// The receiver has not answered yet.
        Reminder = "reminder",
        /// The referral lies under review or on the waiting list.
        HolderReminder = "holder_reminder",
        /// Is a place on the waiting list still needed?
        WaitlistQuestion = "waitlist_question",
        /// Moderators are reminded of an organisation that waits for its verification.
        HeldReminder = "held_reminder",
        /// A draft was deleted after thirty untouched days.
        DraftDeleted = "draft_deleted",
        /// The sender corrected the contact details after sending.
        ContactChanged = "contact_changed",
        /// The sender recorded an answer that came by phone or mail.
        AnswerRecorded = "answer_recorded",
        /// A message in the thread.
        Message = "message",
        /// What became of a referral that was made outside?
        OutsideQuestion = "outside_question",
        /// A fresh access link was asked for.
        AccessLink = "access_link",
        /// Somebody is invited to join an organisation.
        Invitation = "invitation",
        /// A new password was asked for.
        PasswordReset = "password_reset",
        /// The password was changed.
        PasswordChanged = "password_changed",
        /// A new e-mail address waits for confirmation; goes to the new address.
        EmailConfirmation = "email_confirmation",
        /// The e-mail address was changed; goes to the former address.
        EmailChanged = "email_changed",
        /// An old refresh token was used again and its sessions were ended.
        SessionReuseAlert = "session_reuse_alert",
        /// The contact address on file learns that somebody acts for its organisation.
        OrganisationVerification = "organisation_verification",
        /// Somebody signed up with this address and has to show that it is theirs.
        AccountConfirmation = "account_confirmation",
        /// Somebody signed up with an address that has an account already.
        AccountExists = "account_exists",
        /// Somebody asks to join an organisation; goes to each of its administrators.
        JoinRequested = "join_requested",
        /// A request to join was accepted; goes to whoever asked.
        JoinAccepted = "join_accepted",
        /// A request to join was refused; goes to whoever asked.
        JoinRefused = "join_refused",
        /// A reader says that a service's entry is out of date; goes to its organisation.
        ServiceReported = "service_reported",
        /// A saved search found services that are new.
        SavedSearchAlert = "saved_search_alert",
        /// The receiver handed the referral over to another organisation. It is told of the leg that was handed over; the
        /// next receiver is told of its own leg as `sent`.
        Redirected = "redirected",
        /// A hand-over failed: the former holder has the referral again.
        Returned = "returned",
        /// The person showed a booklet elsewhere, and the referral went there. It is told of the leg that was lost.
        Retrieved = "retrieved",
        /// Another organisation claims a referral that was accepted.
        Claimed = "claimed",
        /// The holder objected to a claim: the referral stays.
        ClaimObjected = "claim_objected",
        /// A claim ended without an answer: the referral went another way meanwhile.
        ClaimLapsed = "claim_lapsed",
        /// Another leg of the same need was accepted first.
        Superseded = "superseded",
        /// A referral waits for an answer beyond the organisation's own delay; goes to the leads.
        Escalated = "escalated",
        /// The person withdrew the consent to the referral.
        ConsentWithdrawn = "consent_withdrawn",
        /// A document was refused by its examination; goes to whoever uploaded it.
        DocumentRefused = "document_refused",
        /// An export can be fetched.
        ExportReady = "export_ready",
        /// What the notices of a day were about, in one mail.
        Digest = "digest",
    }
}

impl NoticeKind {
    /// Whether a member may read of it in a summary the next morning. Keys, claims that run out and what is late already are
    /// told at once; mails of accounts are never collected.
    pub const fn may_wait(self) -> bool {
        !matches!(
            self,
            Self::AccessLink | Self::Claimed | Self::Retrieved | Self::Escalated | Self::ConsentWithdrawn | Self::Reminder | Self::Blocked
        )
    }
}

crate::choice! {
    /// Whom a notice is for.
    pub enum Recipient {
        /// The receiving organisation: the service's contact address, members who chose it, or the assignee.
        Receiver = "receiver",
        /// The sender. For a blocked organisation: each of its members.
        Sender = "sender",
        /// The adviser, a member of the sending organisation.
        Adviser = "adviser",
        /// The adviser, a person of another organisation or a desk.
        OutsideAdviser = "outside_adviser",
        /// The person who is helped.
        Person = "person",
        /// A moderator of the platform.
        Moderator = "moderator",
        /// The owner of an account, at the address the app names.
        Account = "account",
        /// The contact address that the directory holds for an organisation.
        AddressOnFile = "address_on_file",
        /// The organisation that claims or retrieves a referral: its contact address and the members who chose it.
        Claimant = "claimant",
        /// Whoever leads the receiver's unit: its members who may assign there.
        Lead = "lead",
    }
}

impl Recipient {
    /// Whether a notice that did not reach this recipient is for the sender to mend. What leads, moderators and those who claim a
    /// file miss is none of its business.
    pub const fn concerns_the_sender(self) -> bool {
        !matches!(self, Self::Lead | Self::Moderator | Self::Claimant)
    }
}

crate::choice! {
    /// What became of a notice.
    pub enum NoticeState {
        /// Waits for the mail server.
        Pending = "pending",
        /// Waits for a daily summary.
        Collected = "collected",
        /// It left.
        Sent = "sent",
        /// It stands inside the application.
        Shown = "shown",
        /// It will never leave, or came back.
        Failed = "failed",
        /// It lost its meaning before it left.
        Dropped = "dropped",
    }
}

crate::choice! {
    /// The way a notice takes.
    pub enum Channel {
        /// By e-mail.
        Mail = "mail",
        /// A task for the sender: tell the person, with what to say.
        TellThePerson = "tell_the_person",
        /// Inside the application only.
        InApp = "in_app",
    }
}

/// One thing that one recipient is told, by one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// Whom it is for.
    pub recipient: Recipient,
    /// By which way.
    pub channel: Channel,
}

/// Which sides a leg has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parties {
    /// A sender and a receiver, both on the platform.
    #[default]
    Both,
    /// A walk-in: nobody sent the person, nobody but the receiver is there.
    ReceiverOnly,
    /// A referral made by phone or mail: only the sender keeps a record.
    SenderOnly,
}

/// Where the adviser stands towards the sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AdviserPlace {
    /// No adviser, or one with the sender's own e-mail address.
    #[default]
    SameAddress,
    /// Another member of the sending organisation.
    Member,
    /// A desk, or a person of another organisation.
    Outside,
    /// A desk with the receiver's own address: what the receiver is told, it is not told again.
    AtReceiver,
}

/// The answer that a sender recorded for the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportedAnswer {
    /// The receiver said yes.
    Accepted,
    /// The receiver said no.
    Refused,
}

/// What the table of notices must know about a leg, after the event. The default is a leg that nobody was told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact of the leg")]
pub struct Situation {
    /// `told_at` is set: a receiver exists.
    pub told: bool,
    /// Which sides the leg has.
    pub parties: Parties,
    /// Where the adviser stands.
    pub adviser: AdviserPlace,
    /// The person has an e-mail address and may be written to.
    pub person_has_email: bool,
    /// Setting of the receiving organisation: a refusal is told to the person too (without reason or message).
    pub refuse_tells_person: bool,
    /// For `answer_recorded`: what was answered.
    pub reported: Option<ReportedAnswer>,
    /// For `message`: whom the author chose, among receiver, sender, adviser and person.
    pub message_to: Vec<Recipient>,
    /// The leg was handed over to its receiver: `sent` tells that receiver alone, the others were told of the hand-over.
    pub handed_over: bool,
    /// The end of this leg gives it back to the former holder: sender, adviser and person are told of the return instead.
    pub returns: bool,
    /// For `retrieved`: the leads of the former holder are told too, because it was urgent.
    pub tell_leads: bool,
}
