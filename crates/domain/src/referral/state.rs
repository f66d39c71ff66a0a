//! The states of a leg and the closed lists around them.

crate::choice! {
    /// Where a leg stands. A receiver exists only from `told_at`: before it there is no box, no count, no read.
    pub enum State {
        /// Saved; only the sender sees it.
        Draft = "draft",
        /// Sent by an organisation that is not verified yet; nobody was told.
        Held = "held",
        /// Moderation refused the sending organisation; nobody was told.
        Blocked = "blocked",
        /// Waiting for the receiver.
        Sent = "sent",
        /// The receiver studies it.
        UnderReview = "under_review",
        /// The receiver has no place yet.
        Waitlisted = "waitlisted",
        /// Taken in charge.
        Accepted = "accepted",
        /// The help ended.
        Completed = "completed",
        /// Refused by the receiver.
        Refused = "refused",
        /// Nobody answered in time.
        Expired = "expired",
        /// Taken back by the sender, or at the person's wish.
        Withdrawn = "withdrawn",
        /// Handed over: the next leg of the chain lives on.
        Redirected = "redirected",
        /// Another leg of the same need was accepted first.
        Superseded = "superseded",
    }
}

impl State {
    /// The receiver's box; none while the receiver does not know of the leg.
    pub const fn r#box(self) -> Option<InboxBox> {
        match self {
            Self::Draft | Self::Held | Self::Blocked => None,
            Self::Sent | Self::UnderReview | Self::Waitlisted => Some(InboxBox::ToHandle),
            Self::Accepted => Some(InboxBox::InCharge),
            Self::Completed | Self::Refused | Self::Expired | Self::Withdrawn | Self::Redirected | Self::Superseded => {
                Some(InboxBox::Archived)
            }
        }
    }

    /// The receiver still has to decide.
    pub const fn is_to_handle(self) -> bool {
        matches!(self, Self::Sent | Self::UnderReview | Self::Waitlisted)
    }

    /// Sent (perhaps held) and not ended: something is still expected of somebody. A draft is not open.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Held | Self::Sent | Self::UnderReview | Self::Waitlisted | Self::Accepted)
    }

    /// It has left its sender: a receiver was told, or never will be.
    pub const fn has_left(self) -> bool {
        !matches!(self, Self::Draft | Self::Held)
    }

    /// Whoever received it works with it, or handed it over and still sees it.
    pub const fn is_in_use(self) -> bool {
        self.is_open() || matches!(self, Self::Redirected)
    }

    /// No act of sender or receiver moves the leg any more, except taking back the filing that ended it or correcting
    /// a reported answer.
    pub const fn has_ended(self) -> bool {
        !matches!(self, Self::Draft) && !self.is_open()
    }
}

crate::choice! {
    /// The three boxes of a receiver's inbox.
    pub enum InboxBox {
        /// A decision is expected.
        ToHandle = "to_handle",
        /// The person is taken in charge.
        InCharge = "in_charge",
        /// Over.
        Archived = "archived",
    }
}

crate::choice! {
    /// How a leg came about.
    pub enum Kind {
        /// Sent by its first sender.
        Sent = "sent",
        /// Handed over by the holder of the leg before.
        Redirect = "redirect",
        /// Fetched by the structure to which the person came.
        Retrieval = "retrieval",
        /// The person came without a sender.
        WalkIn = "walk_in",
        /// Made by phone or mail, recorded by the sender.
        Outside = "outside",
    }
}

crate::choice! {
    /// Where the first leg of the chain came from.
    pub enum Origin {
        /// Sent through the platform.
        Platform = "platform",
        /// Made by phone or mail, and only recorded here.
        Outside = "outside",
        /// The person came to the counter.
        WalkIn = "walk_in",
    }
}

crate::choice! {
    /// Why a receiver refuses.
    pub enum RefusalCode {
        /// The person could not be reached.
        PersonUnreachable = "person_unreachable",
        /// The person did not come.
        PersonAbsent = "person_absent",
        /// The person found work.
        PersonEmployed = "person_employed",
        /// The person entered training.
        PersonInTraining = "person_in_training",
        /// The person does not meet the conditions.
        NotEligible = "not_eligible",
        /// The person cannot come to the place.
        CannotTravel = "cannot_travel",
        /// The person is not interested.
        NotInterested = "not_interested",
        /// Other obstacles must be lifted first.
        OtherObstacles = "other_obstacles",
        /// No place.
        NoCapacity = "no_capacity",
        /// The same request exists already.
        Duplicate = "duplicate",
        /// The person lives outside the area served.
        OutOfArea = "out_of_area",
        /// The person declined.
        PersonDeclined = "person_declined",
        /// Another reason.
        Other = "other",
    }
}

crate::choice! {
    /// Why a receiver hands a person over.
    pub enum RedirectCode {
        /// What the person needs is not what the service gives.
        NeedNotCovered = "need_not_covered",
        /// No place.
        NoCapacity = "no_capacity",
        /// The person lives outside the area served.
        OutOfArea = "out_of_area",
        /// Nobody there speaks the person's language.
        Language = "language",
        /// The person asked for it.
        PersonAsked = "person_asked",
        /// Another service is closer.
        CloserService = "closer_service",
        /// Another reason.
        Other = "other",
    }
}

crate::choice! {
    /// What a moderator should look at. A warning never blocks by itself.
    pub enum Warning {
        /// Who sends is a member of the receiving organisation.
        SenderIsMemberOfReceiver = "sender_is_member_of_receiver",
        /// Who sends joined very lately.
        VeryNewMember = "very_new_member",
        /// The person's e-mail is like that of who sends.
        EmailsAlike = "emails_alike",
        /// The person's name is like that of who sends.
        NamesAlike = "names_alike",
        /// The words of a test.
        TestWords = "test_words",
    }
}

crate::choice! {
    /// Why an organisation files a leg.
    pub enum ArchiveReason {
        /// The person does not want the help.
        PersonDeclined = "person_declined",
        /// The person is not able to use the help now.
        PersonUnable = "person_unable",
        /// The person stopped coming.
        PersonStopped = "person_stopped",
        /// The person moved away.
        MovedAway = "moved_away",
        /// The person is in hospital.
        Hospitalised = "hospitalised",
        /// The person died.
        Deceased = "deceased",
        /// The person found work or training.
        InWorkOrTraining = "in_work_or_training",
        /// The person cannot be reached.
        Unreachable = "unreachable",
        /// Somebody else helps.
        HandledElsewhere = "handled_elsewhere",
        /// Another reason.
        Other = "other",
    }
}

impl ArchiveReason {
    /// The refusal code that the sender is told when filing refuses. It never says more than the sender needs: illness
    /// and death stay with the receiver.
    pub const fn refusal_code(self) -> RefusalCode {
        match self {
            Self::PersonDeclined => RefusalCode::PersonDeclined,
            Self::PersonStopped => RefusalCode::NotInterested,
            Self::PersonUnable | Self::Hospitalised => RefusalCode::OtherObstacles,
            Self::MovedAway => RefusalCode::OutOfArea,
            Self::Unreachable => RefusalCode::PersonUnreachable,
            Self::Deceased | Self::InWorkOrTraining | Self::HandledElsewhere | Self::Other => RefusalCode::Other,
        }
    }
}

crate::choice! {
    /// What became of the help.
    pub enum Outcome {
        /// Done as agreed.
        Done = "done",
        /// Done in part.
        Partly = "partly",
        /// Not done.
        NotDone = "not_done",
    }
}

crate::choice! {
    /// What filing does to a leg that is not over.
    pub enum Ending {
        /// Refuses a leg that waits for a decision.
        Refuse = "refuse",
        /// Completes an accepted leg.
        Complete = "complete",
        /// Files it for this organisation only; the clocks go on.
        None = "none",
    }
}

crate::choice! {
    /// How the person wants to be reached.
    pub enum ContactPreference {
        /// By phone.
        Phone = "phone",
        /// By e-mail.
        Email = "email",
        /// Through the adviser.
        Adviser = "via_adviser",
        /// Another way, in words.
        Other = "other",
    }
}

crate::choice! {
    /// How the receiver answered outside the platform.
    pub enum AnswerChannel {
        /// By phone.
        Phone = "phone",
        /// By e-mail.
        Email = "email",
        /// Face to face.
        InPerson = "in_person",
        /// By letter.
        Letter = "letter",
        /// Another way.
        Other = "other",
    }
}

crate::choice! {
    /// What a message in the thread means.
    pub enum MessageKind {
        /// A message.
        Message = "message",
        /// The sender says that the person wants to stop: makes a task for the receiver of an accepted leg.
        PersonWishesToStop = "person_wishes_to_stop",
    }
}

crate::choice! {
    /// What sender and receiver can do to a leg.
    pub enum Act {
        /// Change the draft; after sending, the person's contact only.
        Patch = "patch",
        /// Delete the draft.
        Delete = "delete",
        /// Send the draft.
        Send = "send",
        /// Begin to study it.
        Review = "review",
        /// Put it on the waiting list.
        Waitlist = "waitlist",
        /// Give it to a member or a team of the receiver.
        Assign = "assign",
        /// Take the person in charge.
        Accept = "accept",
        /// Set the agreed path.
        Path = "path",
        /// Refuse.
        Refuse = "refuse",
        /// Hand the person over to another receiver.
        Redirect = "redirect",
        /// Take it back.
        Withdraw = "withdraw",
        /// Record the answer that the receiver gave by phone or mail.
        RecordAnswer = "record_answer",
        /// End the help.
        Complete = "complete",
        /// File it.
        Archive = "archive",
        /// Take back the filing.
        Unarchive = "unarchive",
        /// Write in the thread.
        Message = "message",
        /// Let its clocks stand still.
        PauseClock = "pause_clock",
        /// Let its clocks run on.
        ResumeClock = "resume_clock",
    }
}

crate::choice! {
    /// From which side a list is looked at.
    pub enum Direction {
        /// What my organisation sent.
        Sent = "sent",
        /// What my organisation received.
        Received = "received",
    }
}
