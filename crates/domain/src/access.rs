//! Who may do what, on which records, and see which of their contents.
//!
//! A role is data: a set of [`Grant`]s (permission × scope × side × categories × conditions). A session's [`Standing`] is
//! compiled into a [`Policy`], which answers with one [`Rule`] per resource and permission. The rule is rendered twice:
//! [`Rule::decide`] judges a record in memory, and persistence renders the same conditions as SQL. Nothing else decides.

mod ceiling;
mod condition;
mod grant;
mod mask;
mod policy;
mod purpose;
mod reach;
mod rule;
mod template;
#[cfg(test)]
mod tests;

pub use ceiling::{Ceiling, blockers_to_assign, blockers_to_write_role};
pub use condition::{Condition, Facts, Field, Operand};
pub use grant::{Grant, Standing, UnitTree, unit_and_below};
pub use mask::Mask;
pub use policy::Policy;
pub use purpose::Purpose;
pub use rule::Rule;
pub use template::{Template, grants_of};

crate::choice! {
    /// What may be done, as `resource:verb`.
    pub enum Permission {
        /// Read the published directory.
        DirectoryRead = "directory:read",
        /// Draft and change services; also shows the drafts and archives of one's own.
        ServicesWrite = "services:write",
        /// Publish, suspend and archive services.
        ServicesPublish = "services:publish",
        /// Load feeds into the directory. Works at platform scope only: a feed speaks for many organisations.
        DirectoryImport = "directory:import",
        /// Read the public face of organisations.
        OrganisationsRead = "organisations:read",
        /// Change an organisation.
        OrganisationsWrite = "organisations:write",
        /// Declare an organisation verified. Works at platform scope only: nobody verifies their own.
        OrganisationsVerify = "organisations:verify",
        /// Read the members of an organisation.
        MembersRead = "members:read",
        /// Invite, change and remove members.
        MembersWrite = "members:write",
        /// Read roles and who holds them.
        RolesRead = "roles:read",
        /// Write and assign roles, within the ceiling.
        RolesWrite = "roles:write",
        /// Create and change units.
        UnitsWrite = "units:write",
        /// Create and revoke accounts of partner platforms.
        ServiceAccountsWrite = "service_accounts:write",
        /// Read referrals.
        ReferralsRead = "referrals:read",
        /// Draft, change and delete referrals (sender).
        ReferralsWrite = "referrals:write",
        /// Send, withdraw, record an answer received elsewhere, orient outside (sender).
        ReferralsSend = "referrals:send",
        /// Review, put on the waiting list, accept, follow the path, refuse, complete (receiver).
        ReferralsHandle = "referrals:handle",
        /// Assign a received referral to a member or a team (receiver).
        ReferralsAssign = "referrals:assign",
        /// Archive for one's own side.
        ReferralsArchive = "referrals:archive",
        /// Write in the thread of a referral.
        ReferralsMessage = "referrals:message",
        /// Read counts of referrals.
        ReferralsStatistics = "referrals:statistics",
        /// Take referrals out as a file.
        ReferralsExport = "referrals:export",
        /// Read the persons whom one's organisation knows, what they agreed to and to whom they were disclosed.
        PeopleRead = "people:read",
        /// Enter, change and link persons; record that a consent was withdrawn.
        PeopleWrite = "people:write",
        /// Take out everything that is held on a person.
        PeopleExport = "people:export",
        /// Erase what is held on a person.
        PeopleErase = "people:erase",
        /// Read the booklets of one's own organisation and what was drawn from them.
        BookletsRead = "booklets:read",
        /// Give booklets to persons, draw units from them, take entries back.
        BookletsWrite = "booklets:write",
        /// Issue series of booklets to organisations. Works at platform scope only.
        BookletsIssue = "booklets:issue",
        /// Read the background jobs.
        JobsRead = "jobs:read",
        /// Retry and cancel background jobs.
        JobsWrite = "jobs:write",
        /// Read the mutation and access journals.
        AuditRead = "audit:read",
    }
}

crate::choice! {
    /// How far a grant reaches.
    pub enum Scope {
        /// One's own account.
        SelfOnly = "self",
        /// One's own caseload: what one sent, advises on, or is assigned.
        Own = "own",
        /// The units one is a member of.
        Team = "team",
        /// Those units and all below them.
        Department = "department",
        /// The whole organisation.
        Organisation = "organisation",
        /// Every organisation. On referrals it never shows more than their existence.
        Platform = "platform",
        /// What was shared by an access link: exactly one leg.
        Shared = "shared",
    }
}

crate::choice! {
    /// The groups of data that are shown or hidden together.
    pub enum Category {
        /// That the record exists, its state and its dates.
        Existence = "existence",
        /// Age band and commune.
        IdentityMin = "identity_min",
        /// Telephone, mail, address.
        Contact = "contact",
        /// Names and date of birth.
        Identity = "identity",
        /// The social situation and the need.
        Social = "social",
        /// Health data (GDPR article 9).
        Health = "health",
        /// Income, debts, accounts.
        Finance = "finance",
        /// Attached files.
        Documents = "documents",
        /// Journal entries, by trade.
        Journal = "journal",
    }
}

crate::choice! {
    /// Which side of a referral a grant covers.
    pub enum Side {
        /// What one's organisation sent or drafts.
        Sent = "sent",
        /// What was addressed to one's organisation.
        Received = "received",
        /// Both.
        Both = "both",
    }
}

impl Side {
    /// Whether this side includes `other`.
    pub const fn covers(self, other: Self) -> bool {
        matches!((self, other), (Self::Both, _) | (Self::Sent, Self::Sent) | (Self::Received, Self::Received))
    }
}

impl Permission {
    /// The resource part of the code: `referrals` of `referrals:read`.
    pub fn subject(self) -> &'static str {
        self.code().split_once(':').map_or(self.code(), |(subject, _)| subject)
    }

    /// The only side on which this permission means anything, whatever a grant says: a sender never accepts its own
    /// referral, a receiver never changes what was written to it.
    pub const fn side(self) -> Side {
        match self {
            Self::ReferralsWrite | Self::ReferralsSend => Side::Sent,
            Self::ReferralsHandle | Self::ReferralsAssign => Side::Received,
            _ => Side::Both,
        }
    }
}

crate::choice! {
    /// The kinds of record that rules are about.
    pub enum Resource {
        /// One leg of a hand-over.
        Referral = "referral",
        /// A service of the directory.
        Service = "service",
        /// An organisation, and what hangs on it without a resource of its own: units, roles, accounts, jobs, journals.
        Organisation = "organisation",
        /// A membership or invitation.
        Member = "member",
        /// A person as one organisation knows them.
        Person = "person",
    }
}

impl Resource {
    /// The permission without which nothing of this resource is seen. A deny of it denies every act as well.
    pub const fn reading(self) -> Permission {
        match self {
            Self::Referral => Permission::ReferralsRead,
            Self::Person => Permission::PeopleRead,
            Self::Service => Permission::DirectoryRead,
            Self::Organisation => Permission::OrganisationsRead,
            Self::Member => Permission::MembersRead,
        }
    }

    /// Whether a permission says anything about this resource. Any other pair gives a rule that never holds.
    pub fn governed_by(self, permission: Permission) -> bool {
        let subject = permission.subject();
        match self {
            Self::Referral => subject == "referrals",
            Self::Person => subject == "people",
            Self::Service => matches!(subject, "directory" | "services"),
            Self::Organisation => {
                matches!(subject, "directory" | "organisations" | "roles" | "units" | "service_accounts" | "jobs" | "audit" | "booklets")
            }
            Self::Member => matches!(subject, "members" | "roles"),
        }
    }
}
