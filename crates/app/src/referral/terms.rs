//! By which delays and in which zone a leg's clocks run: those of its receiver, over those of the platform.

use chrono::{Offset as _, TimeZone as _, Utc};
use chrono_tz::Tz;
use relais_domain::referral::{Clocks, Context, OrganisationClocks, Party, Referral, WorkCalendar};
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::Tx;
use relais_persistence::identity::names::{self, Timing};

use super::act::OrganisationZone;
use crate::{App, Refusal};

/// The delays and the zone that hold for a leg.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The delays.
    pub clocks: Clocks,
    /// The zone.
    pub zone: OrganisationZone,
}

impl Terms {
    /// Those of the platform, for a leg without a receiver.
    pub fn of_platform(app: &App) -> Self {
        Self { clocks: app.settings.clocks.clone(), zone: OrganisationZone(Tz::UTC) }
    }

    /// Those of an organisation as a receiver.
    ///
    /// # Errors
    /// As any read.
    pub async fn of_organisation(app: &App, tx: &Tx, id: OrganisationId) -> Result<Self, Refusal> {
        Ok(Self::chosen_by(app, &names::timing_of(tx, id).await?, tx.ctx().now))
    }

    /// Those of a leg: its receiver's.
    ///
    /// # Errors
    /// As any read.
    pub async fn of_leg(app: &App, tx: &Tx, leg: &Referral) -> Result<Self, Refusal> {
        match leg.receiver_organisation_id {
            Some(receiver) => Self::of_organisation(app, tx, receiver).await,
            None => Ok(Self::of_platform(app)),
        }
    }

    fn chosen_by(app: &App, timing: &Timing, now: chrono::DateTime<Utc>) -> Self {
        let zone = OrganisationZone::named(&timing.time_zone);
        let own = timing.clocks.clone().unwrap_or_default();
        let mut clocks = over_platform(app, &own, &timing.country);
        clocks.offset_minutes = zone.0.offset_from_utc_datetime(&now.naive_utc()).fix().local_minus_utc() / 60;
        Self { clocks, zone }
    }

    /// What a guard or a command is told.
    pub fn context(&self, party: Party) -> Context<'_> {
        Context { party, clocks: &self.clocks, zone: &self.zone, taken: false }
    }
}

/// The platform's delays under an organisation's own. Without a calendar of its own it keeps its country's holidays.
pub fn over_platform(app: &App, own: &OrganisationClocks, country: &str) -> Clocks {
    let platform = &app.settings.clocks;
    // The platform's calendar says more than the country alone when it is of the same country.
    let national = country.parse().ok().filter(|country| *country != platform.calendar.country).map(WorkCalendar::of);
    own.over(platform, national)
}
