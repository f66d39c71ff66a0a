//! The templates from which organisations make their roles. They are data; the source is the access model of the project.

use super::{Category, Grant, Permission, Scope, Side};

crate::choice! {
    /// A ready-made role.
    pub enum Template {
        /// Sends referrals: the sender's whole part of one's own and one's team's.
        Prescriber = "prescriber",
        /// Handles what the organisation received.
        Operator = "operator",
        /// An operator who also assigns and reads statistics.
        OperatorLead = "operator_lead",
        /// Sees that referrals exist.
        Reader = "reader",
        /// Sees who is expected.
        Reception = "reception",
        /// Users, roles, units, the organisation's own services; no case content.
        OrganisationAdmin = "organisation_admin",
        /// Leads the unit the role is limited to, or the organisation when it is not limited.
        TeamLead = "team_lead",
        /// Answers persons who ask what is held on them: reads, takes out and erases.
        PrivacyOfficer = "privacy_officer",
        /// Reads the journals.
        Auditor = "auditor",
        /// Verifies organisations and suspends services, on the whole platform.
        Moderator = "platform_moderator",
        /// Runs the platform; no case content.
        PlatformAdmin = "platform_admin",
        /// The account of a partner platform that sends for the organisation.
        Partner = "partner",
        /// Whoever opens an access link: one received leg.
        AccessLink = "access_link",
    }
}

use Category::{Contact, Documents, Existence, Finance, Health, Identity, IdentityMin, Social};
use Permission::{
    AuditRead, BookletsIssue, BookletsRead, BookletsWrite, DirectoryImport, DirectoryRead, JobsRead, JobsWrite, MembersRead, MembersWrite,
    OrganisationsRead, OrganisationsVerify, OrganisationsWrite, PeopleErase, PeopleExport, PeopleRead, PeopleWrite, ReferralsArchive,
    ReferralsAssign, ReferralsHandle, ReferralsMessage, ReferralsRead, ReferralsSend, ReferralsStatistics, ReferralsWrite, RolesRead,
    RolesWrite, ServiceAccountsWrite, ServicesPublish, ServicesWrite, UnitsWrite,
};

/// Permissions, how far, on which side, and what is seen.
type Row = (&'static [Permission], Scope, Side, &'static [Category]);

const FACE: &[Category] = &[Existence, Contact];
const NOTHING_MORE: &[Category] = &[Existence];
const WHO: &[Category] = &[Existence, IdentityMin, Contact, Identity];
const CASE: &[Category] = &[Existence, IdentityMin, Contact, Identity, Social, Documents];
/// The whole part of a sender. Journals are another matter: they go by trade.
const WHOLE: &[Category] = &[Existence, IdentityMin, Contact, Identity, Social, Health, Finance, Documents];

const SENDING: &[Permission] = &[ReferralsRead, ReferralsWrite, ReferralsSend, ReferralsMessage, ReferralsArchive];
const HANDLING: &[Permission] = &[ReferralsRead, ReferralsHandle, ReferralsMessage, ReferralsArchive];
/// Whoever came to the counter and is handed over has the structure as sender: who entered them follows and takes back the next leg.
const FOLLOWING: &[Permission] = &[ReferralsRead, ReferralsSend, ReferralsMessage, ReferralsArchive];
const PEOPLE: &[Permission] = &[PeopleRead, PeopleWrite];
const BOOKLETS: Row = (&[BookletsRead, BookletsWrite], Scope::Organisation, Side::Both, NOTHING_MORE);
const DIRECTORY: Row = (&[DirectoryRead, OrganisationsRead], Scope::Platform, Side::Both, FACE);

const fn rows(template: Template) -> &'static [Row] {
    match template {
        Template::Prescriber => &[
            (SENDING, Scope::Own, Side::Sent, WHOLE),
            (SENDING, Scope::Team, Side::Sent, WHOLE),
            (PEOPLE, Scope::Own, Side::Sent, WHOLE),
            (PEOPLE, Scope::Team, Side::Sent, WHOLE),
        ],
        Template::Operator => &[
            (HANDLING, Scope::Organisation, Side::Received, CASE),
            (FOLLOWING, Scope::Own, Side::Sent, CASE),
            (PEOPLE, Scope::Organisation, Side::Received, CASE),
            BOOKLETS,
        ],
        Template::OperatorLead => &[
            (HANDLING, Scope::Organisation, Side::Received, CASE),
            (FOLLOWING, Scope::Own, Side::Sent, CASE),
            (&[ReferralsAssign], Scope::Organisation, Side::Received, CASE),
            (PEOPLE, Scope::Organisation, Side::Received, CASE),
            (&[ReferralsStatistics], Scope::Organisation, Side::Received, NOTHING_MORE),
            BOOKLETS,
            (&[MembersRead], Scope::Organisation, Side::Both, FACE),
        ],
        Template::Reader => &[(&[ReferralsRead], Scope::Organisation, Side::Both, NOTHING_MORE)],
        Template::Reception => &[(&[ReferralsRead], Scope::Organisation, Side::Both, WHO)],
        Template::OrganisationAdmin => &[
            (
                &[OrganisationsWrite, MembersRead, MembersWrite, RolesRead, RolesWrite, UnitsWrite, ServiceAccountsWrite],
                Scope::Organisation,
                Side::Both,
                FACE,
            ),
            (&[ServicesWrite, ServicesPublish], Scope::Organisation, Side::Both, FACE),
        ],
        Template::TeamLead => &[
            (SENDING, Scope::Own, Side::Sent, WHOLE),
            (SENDING, Scope::Organisation, Side::Sent, CASE),
            (HANDLING, Scope::Organisation, Side::Received, CASE),
            (&[ReferralsAssign], Scope::Organisation, Side::Received, CASE),
            (PEOPLE, Scope::Own, Side::Sent, WHOLE),
            (PEOPLE, Scope::Organisation, Side::Both, CASE),
            (&[ReferralsStatistics], Scope::Organisation, Side::Both, NOTHING_MORE),
            BOOKLETS,
            (&[MembersRead], Scope::Organisation, Side::Both, FACE),
        ],
        Template::PrivacyOfficer => &[(&[PeopleRead, PeopleWrite, PeopleExport, PeopleErase], Scope::Organisation, Side::Both, CASE)],
        Template::Auditor => &[(&[AuditRead, MembersRead, RolesRead], Scope::Organisation, Side::Both, FACE)],
        Template::Moderator => &[(&[OrganisationsVerify, ServicesPublish], Scope::Platform, Side::Both, FACE)],
        Template::PlatformAdmin => &[
            (
                &[OrganisationsWrite, OrganisationsVerify, MembersRead, ServicesPublish, DirectoryImport, JobsRead, JobsWrite, AuditRead],
                Scope::Platform,
                Side::Both,
                FACE,
            ),
            // People and roles of the platform's own organisation only: whoever could give roles elsewhere could read cases.
            (&[MembersWrite, RolesRead, RolesWrite, UnitsWrite, ServiceAccountsWrite], Scope::Organisation, Side::Both, FACE),
            (&[ReferralsStatistics], Scope::Platform, Side::Both, NOTHING_MORE),
            (&[BookletsIssue], Scope::Platform, Side::Both, NOTHING_MORE),
        ],
        Template::Partner => &[(SENDING, Scope::Organisation, Side::Sent, CASE), (PEOPLE, Scope::Organisation, Side::Sent, CASE)],
        Template::AccessLink => &[(&[ReferralsRead, ReferralsHandle, ReferralsMessage], Scope::Shared, Side::Received, CASE)],
    }
}

/// The entries a template gives. Every template opens the directory.
pub fn grants_of(template: Template) -> Vec<Grant> {
    let all = std::iter::once(&DIRECTORY).chain(rows(template));
    all.flat_map(|(permissions, scope, side, categories)| {
        permissions.iter().map(|permission| Grant::new(*permission, *scope, *side, categories))
    })
    .collect()
}
