//! Eligibility: whether a person meets what a service asks, as far as it is told. Nothing is stored, nobody is named.

use relais_domain::directory::{Zone, ZoneCode};
use relais_domain::eligibility::{self, EligibilityView, Known};
use relais_domain::shared::Blocked;
use relais_domain::shared::ids::ServiceId;

use crate::{App, Caller, Refusal, directory};

/// Judges what is told against what a service asks now, in the caller's language.
///
/// # Errors
/// `not_found` (404); `unknown_code` at `/commune`, and the codes of [`Known::problems`] (422).
pub async fn evaluate(app: &App, caller: &Caller, service: ServiceId, known: &Known) -> Result<EligibilityView, Refusal> {
    let asked = directory::asked_by_service(app, caller, service).await?;
    let today = app.clock.now().date_naive();
    Blocked::unless_empty(known.problems(today))?;
    let zones = match &known.commune {
        Some(commune) => zones_of_commune(app, commune)?,
        None => vec![],
    };
    let evaluation = eligibility::evaluate(&asked, known, &zones, today);
    Ok(evaluation.in_words(asked, caller.language))
}

/// The zones in which somebody lives who lives in a commune.
///
/// # Errors
/// `unknown_code` (422) at `/commune` for a code that is no place, while places are loaded; without places the code stands for itself.
pub fn zones_of_commune(app: &App, commune: &ZoneCode) -> Result<Vec<Zone>, Refusal> {
    let places = app.places.now();
    if !places.is_empty() && places.by_code(commune.as_str()).is_none() {
        return Err(Refusal::invalid("unknown_code", "/commune"));
    }
    Ok(places.zones_of_code(commune.as_str()))
}
