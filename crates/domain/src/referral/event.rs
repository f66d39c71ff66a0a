//! What happened to a leg. Whoever is told, and how, is decided elsewhere.

crate::choice! {
    /// An event of a leg.
    pub enum Event {
        /// A draft was made.
        ReferralCreated = "referral_created",
        /// Sent, but kept back until the sending organisation is verified.
        ReferralHeld = "referral_held",
        /// The receiver is told.
        ReferralSent = "referral_sent",
        /// The receiver studies it.
        ReferralReviewed = "referral_reviewed",
        /// Put on the waiting list.
        ReferralWaitlisted = "referral_waitlisted",
        /// Taken in charge.
        ReferralAccepted = "referral_accepted",
        /// The agreed path was set or changed.
        ReferralPathChanged = "referral_path_changed",
        /// Refused.
        ReferralRefused = "referral_refused",
        /// Taken back.
        ReferralWithdrawn = "referral_withdrawn",
        /// The help ended.
        ReferralCompleted = "referral_completed",
        /// Nobody answered in time.
        ReferralExpired = "referral_expired",
        /// Moderation refused the sender.
        ReferralBlocked = "referral_blocked",
        /// Somebody was reminded: the receiver (sent), the holder (under review, waitlisted), moderators (held).
        ReferralReminded = "referral_reminded",
        /// The lead of the receiving unit is told that reminders were not answered.
        ReferralEscalated = "referral_escalated",
        /// Its clocks stand still.
        ReferralClockPaused = "referral_clock_paused",
        /// Its clocks run on.
        ReferralClockResumed = "referral_clock_resumed",
        /// An ending was taken back.
        ReferralReopened = "referral_reopened",
        /// The sender changed the person's contact.
        ReferralContactChanged = "referral_contact_changed",
        /// The sender recorded the receiver's answer.
        ReferralAnswerRecorded = "referral_answer_recorded",
        /// A referral made by phone or mail was recorded.
        ReferralOutsideRecorded = "referral_outside_recorded",
        /// An organisation filed it.
        ReferralArchived = "referral_archived",
        /// An organisation took back its filing.
        ReferralUnarchived = "referral_unarchived",
        /// Given to a member or a team of the receiver.
        ReferralAssigned = "referral_assigned",
        /// The person withdrew the consent for the receiver.
        ConsentWithdrawn = "consent_withdrawn",
        /// A message was written.
        ReferralMessageSent = "referral_message_sent",
        /// Handed over by its holder.
        ReferralRedirected = "referral_redirected",
        /// Fetched by the structure to which the person came.
        ReferralRetrieved = "referral_retrieved",
        /// The next leg of a chain reached its receiver.
        ReferralArrived = "referral_arrived",
        /// It came back to its former holder.
        ReferralReturned = "referral_returned",
        /// The former holder lost sight of it.
        ReferralLeft = "referral_left",
        /// Another leg of the same need was accepted first.
        ReferralSuperseded = "referral_superseded",
        /// A person who came without a sender was entered.
        ReferralWalkedIn = "referral_walked_in",
        /// The draft was deleted by the sender.
        DraftDeleted = "draft_deleted",
        /// The draft was deleted by the clock.
        DraftExpired = "draft_expired",
    }
}
