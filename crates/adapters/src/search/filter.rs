//! What a question leaves out: one filter after the other.

use relais_domain::directory::Reception;
use relais_domain::directory::search::is_open;

use super::block::PUBLISHED;
use super::plan::Plan;
use super::snapshot::Row;

/// What a service is asked, one after the other, the cheap before the dear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    Published,
    Topic,
    Kind,
    Fee,
    Reception,
    Audience,
    NotSuspended,
    Organisation,
    UpdatedSince,
    HasCapacity,
    Coverage,
    OrganisationActive,
    Words,
    Network,
    AcceptsReferrals,
    Label,
    Commune,
    PostalCode,
    Source,
    Quality,
    Within,
    Visible,
    OpenAt,
}

impl Filter {
    /// In the order in which they are asked.
    pub const ALL: [Self; 23] = [
        Self::Published,
        Self::Topic,
        Self::Kind,
        Self::Fee,
        Self::Reception,
        Self::Audience,
        Self::NotSuspended,
        Self::Organisation,
        Self::UpdatedSince,
        Self::HasCapacity,
        Self::Coverage,
        Self::OrganisationActive,
        Self::Words,
        Self::Network,
        Self::AcceptsReferrals,
        Self::Label,
        Self::Commune,
        Self::PostalCode,
        Self::Source,
        Self::Quality,
        Self::Within,
        Self::Visible,
        Self::OpenAt,
    ];

    /// Its name: that of the parameter where there is one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Topic => "topic",
            Self::Kind => "kind",
            Self::Fee => "fee",
            Self::Reception => "reception",
            Self::Audience => "audience",
            Self::NotSuspended => "not_suspended",
            Self::Organisation => "organisation",
            Self::UpdatedSince => "updated_since",
            Self::HasCapacity => "has_capacity",
            Self::Coverage => "commune",
            Self::OrganisationActive => "organisation_active",
            Self::Words => "q",
            Self::Network => "network",
            Self::AcceptsReferrals => "accepts_referrals",
            Self::Label => "label",
            Self::Commune => "address_commune",
            Self::PostalCode => "postal_code",
            Self::Source => "source",
            Self::Quality => "least_quality",
            Self::Within => "bbox",
            Self::Visible => "visible",
            Self::OpenAt => "open_at",
        }
    }
}

impl<'a> Plan<'a> {
    /// Whether the question uses a filter.
    pub fn uses(&self, filter: Filter) -> bool {
        let query = self.query;
        match filter {
            Filter::Published | Filter::NotSuspended | Filter::OrganisationActive => true,
            Filter::Topic => !query.topics.is_empty(),
            Filter::Kind => !query.kinds.is_empty(),
            Filter::Fee => !query.fees.is_empty(),
            Filter::Reception => !query.receptions.is_empty(),
            Filter::Audience => !query.audiences.is_empty(),
            Filter::Organisation => !query.organisations.is_empty(),
            Filter::UpdatedSince => query.updated_since.is_some(),
            Filter::HasCapacity => query.has_capacity.is_some(),
            Filter::Coverage => query.zones.is_some(),
            Filter::Words => self.words.is_some(),
            Filter::Network => !query.networks.is_empty(),
            Filter::AcceptsReferrals => query.accepts_referrals.is_some(),
            Filter::Label => !query.labels.is_empty(),
            Filter::Commune => !query.communes.is_empty(),
            Filter::PostalCode => !query.postal_codes.is_empty(),
            Filter::Source => !query.sources.is_empty(),
            Filter::Quality => query.least_quality.is_some(),
            Filter::Within => query.within.is_some(),
            Filter::Visible => self.visible.is_some(),
            Filter::OpenAt => query.open_at.is_some(),
        }
    }

    /// Whether a service passes a filter that the question uses.
    pub fn passes(&self, filter: Filter, row: &Row<'a>) -> bool {
        let facts = row.facts;
        match filter {
            Filter::Published => facts.bits & PUBLISHED != 0,
            Filter::Topic => row.topics & self.topics != 0,
            Filter::Kind => facts.bits & self.kinds != 0,
            Filter::Fee => facts.bits & self.fees != 0,
            Filter::Reception => facts.bits & self.receptions != 0,
            Filter::Audience => facts.bits & self.audiences != 0,
            Filter::NotSuspended => self.day < facts.suspended_from,
            Filter::Organisation => self.organisations.contains(&facts.organisation),
            Filter::UpdatedSince => self.query.updated_since.is_none_or(|since| since.timestamp_micros() <= facts.updated_at),
            Filter::HasCapacity => self.query.has_capacity.is_none_or(|asked| asked == (self.day <= facts.room_until)),
            Filter::Coverage => has_bit(&self.coverages, facts.coverage),
            Filter::OrganisationActive => self.snapshot.organisation(facts).is_some_and(|organisation| organisation.active),
            Filter::Words => self.text(row).is_some(),
            Filter::Network | Filter::AcceptsReferrals | Filter::Source | Filter::Visible => self.passes_by_organisation(filter, row),
            Filter::Label | Filter::Commune | Filter::PostalCode | Filter::Quality | Filter::Within => self.passes_by_document(filter, row),
            Filter::OpenAt => self.is_open(row),
        }
    }

    fn passes_by_organisation(&self, filter: Filter, row: &Row<'a>) -> bool {
        let card = self.snapshot.organisation(row.facts).and_then(|organisation| organisation.card.as_ref());
        let (Some(card), Some(document)) = (card, row.document()) else { return false };
        match filter {
            Filter::Network => card.networks.iter().any(|network| self.query.networks.contains(network)),
            Filter::AcceptsReferrals => {
                let accepts = document.refusal(card.receiving(self.today), self.today).is_none();
                self.query.accepts_referrals.is_none_or(|asked| asked == accepts)
            }
            Filter::Source => self.query.sources.iter().any(|asked| asked == document.source_under(card)),
            _ => self.visible.is_none_or(|visible| visible(document.id, document.organisation_id, document.unit_id)),
        }
    }

    fn passes_by_document(&self, filter: Filter, row: &Row<'a>) -> bool {
        let (Some(document), query) = (row.document(), self.query) else { return false };
        match filter {
            Filter::Label => document.labels.iter().any(|label| query.labels.iter().any(|asked| asked == label.as_str())),
            Filter::Commune => document.commune.as_ref().is_some_and(|commune| query.communes.contains(commune)),
            Filter::PostalCode => document.postal_code.as_ref().is_some_and(|code| query.postal_codes.contains(code)),
            Filter::Quality => query.least_quality.is_none_or(|least| document.quality_on(self.today) >= least),
            _ => {
                let received = document.reception != Some(Reception::Remote);
                received && query.within.is_none_or(|within| document.points.iter().any(|point| within.contains(*point)))
            }
        }
    }

    fn is_open(&self, row: &Row<'a>) -> bool {
        let (Some(at), Some(hours)) = (self.query.open_at, row.document().and_then(|document| document.opening_hours.as_deref())) else {
            return false;
        };
        *self.open.borrow_mut().entry(hours).or_insert_with(|| is_open(hours, at))
    }
}

fn has_bit(bits: &[u64], number: u32) -> bool {
    bits.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
}
