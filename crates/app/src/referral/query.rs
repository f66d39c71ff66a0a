//! What a list of referrals is narrowed to: once, for the list and for what is taken out of it.

use chrono::{DateTime, Utc};
use relais_domain::referral::{Direction, InboxBox, State};
use relais_domain::shared::ids::{OrganisationId, ServiceId, UnitId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The filters, in a struct of this name that may have more fields; and the struct's filters alone.
macro_rules! filters {
    ($(#[$meta:meta])* pub struct $name:ident { $($more:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, IntoParams, ToSchema)]
        #[serde(default, deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            /// `sent` or `received`; both when absent.
            pub direction: Option<Direction>,
            /// One box of the receiver.
            pub r#box: Option<InboxBox>,
            /// Where it stands; repeat for several.
            #[param(max_items = 13)]
            #[schema(max_items = 13)]
            pub state: Vec<State>,
            /// The service asked for; repeat for several.
            #[param(max_items = 50)]
            #[schema(max_items = 50)]
            pub service_id: Vec<ServiceId>,
            /// The organisation that refers; repeat for several.
            #[param(max_items = 50)]
            #[schema(max_items = 50)]
            pub sender_id: Vec<OrganisationId>,
            /// Assigned to this member.
            pub assigned_to: Option<UserId>,
            /// Assigned to this team.
            pub assigned_unit: Option<UnitId>,
            /// Only those that are assigned to nobody.
            pub unassigned: bool,
            /// Told (received) or made (otherwise) at or after.
            pub at_from: Option<DateTime<Utc>>,
            /// Told (received) or made (otherwise) before.
            pub at_to: Option<DateTime<Utc>>,
            /// Nobody touched it since: neither the referral, nor its path, nor its thread, nor, at the receiver, to whom it is assigned.
            pub untouched_since: Option<DateTime<Utc>>,
            /// The same, in days back from now: a saved view means it anew each time.
            #[param(minimum = 1, maximum = 3650)]
            #[schema(minimum = 1, maximum = 3650)]
            pub untouched_days: Option<i32>,
            /// Only those whose clocks stand still, or only those whose clocks run; both when absent.
            #[param(required = false, value_type = bool)]
            #[schema(value_type = bool, required = false)]
            pub paused: Option<bool>,
            /// Only those that I have not marked as read.
            pub unread: bool,
            /// Only those that are overdue: what the inbox counts as such.
            pub overdue: bool,
            /// Only what my organisation filed, or only what it did not; both when absent. The board counts what it did not.
            #[param(required = false, value_type = bool)]
            #[schema(value_type = bool, required = false)]
            pub filed: Option<bool>,
            $($more)*
        }
    };
}

filters! {
    /// What a list of referrals is narrowed to. Nothing personal: names and contacts go by `POST …/search`.
    pub struct ReferralQuery {
        /// How many at most, 1–200.
        #[param(minimum = 1, maximum = 200, default = 50)]
        #[schema(minimum = 1, maximum = 200, default = 50)]
        pub limit: Option<i64>,
        /// Where the page before ended.
        #[param(max_length = 500)]
        #[schema(max_length = 500)]
        pub cursor: Option<String>,
        /// Also count, exactly up to 10 000.
        pub count: bool,
    }
}

filters! {
    /// The filters of the list, without its paging.
    pub struct ReferralFilter {}
}

impl From<ReferralFilter> for ReferralQuery {
    fn from(filter: ReferralFilter) -> Self {
        let ReferralFilter {
            direction,
            r#box,
            state,
            service_id,
            sender_id,
            assigned_to,
            assigned_unit,
            unassigned,
            at_from,
            at_to,
            untouched_since,
            untouched_days,
            paused,
            unread,
            overdue,
            filed,
        } = filter;
        Self {
            direction,
            r#box,
            state,
            service_id,
            sender_id,
            assigned_to,
            assigned_unit,
            unassigned,
            at_from,
            at_to,
            untouched_since,
            untouched_days,
            paused,
            unread,
            overdue,
            filed,
            limit: None,
            cursor: None,
            count: false,
        }
    }
}
