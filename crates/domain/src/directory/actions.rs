//! What can be done to a service now, from the same guards that the commands call.

use serde::Serialize;
use utoipa::ToSchema;

use super::{codes::ServiceState, service::Service};
use crate::{access::Permission, choice, shared::Blocker};

choice! {
    /// What can be done to a service.
    pub enum ServiceAct {
        /// Change its content.
        Edit = "edit",
        /// Make it public.
        Publish = "publish",
        /// Stop new referrals for now.
        Suspend = "suspend",
        /// Say that everything is still right.
        Confirm = "confirm",
        /// Take it out of the directory for good.
        Archive = "archive",
        /// Say that what it tells is out of date.
        Report = "report",
    }
}

impl ServiceAct {
    /// The permission that the act asks for.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Edit | Self::Confirm => Permission::ServicesWrite,
            Self::Publish | Self::Suspend | Self::Archive => Permission::ServicesPublish,
            Self::Report => Permission::DirectoryRead,
        }
    }
}

/// One act and whether it is possible now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ServiceAction {
    /// The act.
    pub act: ServiceAct,
    /// Nothing blocks it.
    #[schema(example = false)]
    pub allowed: bool,
    /// What blocks it: all of it at once, nothing when it is allowed.
    pub blockers: Vec<Blocker>,
}

impl Service {
    /// Why the content may not be changed now: `archived` (409).
    pub fn blockers_to_edit(&self) -> Vec<Blocker> {
        self.unless_archived()
    }

    /// Why it may not be suspended: `not_published`, `already_suspended`, `archived` (409).
    pub fn blockers_to_suspend(&self) -> Vec<Blocker> {
        match self.state {
            ServiceState::Published => Vec::new(),
            ServiceState::Draft => vec![Blocker::state("not_published")],
            ServiceState::Suspended => vec![Blocker::state("already_suspended")],
            ServiceState::Archived => vec![Blocker::state("archived")],
        }
    }

    /// Why it may not be archived: `already_archived` (409).
    pub fn blockers_to_archive(&self) -> Vec<Blocker> {
        match self.state {
            ServiceState::Archived => vec![Blocker::state("already_archived")],
            ServiceState::Draft | ServiceState::Published | ServiceState::Suspended => Vec::new(),
        }
    }

    /// Why nobody can say that it is still right: `archived` (409).
    pub fn blockers_to_confirm(&self) -> Vec<Blocker> {
        self.unless_archived()
    }

    pub(super) fn unless_archived(&self) -> Vec<Blocker> {
        if self.state == ServiceState::Archived { vec![Blocker::state("archived")] } else { Vec::new() }
    }

    /// What forbids one act, apart from what a command's own content would add.
    pub fn blockers_to(&self, act: ServiceAct) -> Vec<Blocker> {
        match act {
            ServiceAct::Edit => self.blockers_to_edit(),
            ServiceAct::Publish => self.blockers_to_publish(),
            ServiceAct::Suspend => self.blockers_to_suspend(),
            ServiceAct::Confirm => self.blockers_to_confirm(),
            ServiceAct::Archive => self.blockers_to_archive(),
            ServiceAct::Report => self.blockers_to_report(),
        }
    }

    /// Every act with what forbids it, in the order of the list; `may` says whether the caller holds a permission here.
    pub fn actions(&self, may: impl Fn(Permission) -> bool) -> Vec<ServiceAction> {
        let judge = |act: ServiceAct| {
            let mut blockers = Vec::new();
            if !may(act.permission()) {
                blockers.push(Blocker::permission("permission_missing").with("permission", act.permission().code()));
            }
            blockers.extend(self.blockers_to(act));
            ServiceAction { act, allowed: blockers.is_empty(), blockers }
        };
        ServiceAct::ALL.iter().copied().map(judge).collect()
    }
}
