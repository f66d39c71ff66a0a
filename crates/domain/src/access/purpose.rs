//! Why somebody reads or writes what is held on a person.

crate::choice! {
    /// A purpose of use, as it stands in the journals. A closed list: a word of one's own could be a name, and both journals are sealed,
    /// so that nothing could ever be taken out of them again. After the purposes of use of ISO/TS 14265, in the words of social care.
    pub enum Purpose {
        /// The person is helped: intake, referral, follow-up.
        Care = "care",
        /// Several who help agree with each other.
        Coordination = "coordination",
        /// There is danger, and it cannot wait.
        Emergency = "emergency",
        /// The person asks what is held on them, or has it corrected or erased.
        PersonRequest = "person_request",
        /// Records are kept in order: duplicates, assignments, archives.
        Administration = "administration",
        /// Help is paid for or accounted for.
        Billing = "billing",
        /// Quality, figures and planning.
        Quality = "quality",
        /// Somebody checks who did or read what.
        Audit = "audit",
        /// A fault is looked into.
        Support = "support",
        /// A court or a law demands it.
        LegalDuty = "legal_duty",
        /// Research that was permitted.
        Research = "research",
    }
}
