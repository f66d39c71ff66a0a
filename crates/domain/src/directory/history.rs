//! How the columns of a service are named to its owner.

/// The field of a service behind a column of its row; `None` for what follows from other fields or is none of its content.
pub fn field_of_column(column: &str) -> Option<&'static str> {
    Some(match column {
        "contact_name" | "contact_email" | "contact_phone" | "contact_public" => "contact",
        "capacity_total" | "capacity_free" | "waiting_list" | "capacity_valid_until" => "capacity",
        "fee_amount" | "fee_currency" => "fee_amount",
        "latitude" | "longitude" => "point",
        _ => return FIELDS.iter().find(|field| **field == column).copied(),
    })
}

/// Columns that have the name of their field.
const FIELDS: &[&str] = &[
    "unit_id",
    "name",
    "summary",
    "description",
    "kind",
    "topics",
    "audiences",
    "audience_note",
    "criteria",
    "criteria_mode",
    "conditions",
    "documents",
    "fee",
    "fee_note",
    "reception",
    "address",
    "other_places",
    "coverage",
    "ways_in",
    "professional_ways_in",
    "open_to",
    "way_in_note",
    "link",
    "link_text",
    "opening_hours",
    "hours_per_week",
    "weeks",
    "suspended_from",
    "update_frequency",
    "form_enabled",
    "languages",
    "labels",
    "case_type",
    "state",
    "published_at",
    "source",
    "source_id",
    "source_url",
    "source_updated_on",
    "last_confirmed_at",
];

#[cfg(test)]
mod tests {
    use super::field_of_column;

    /// Columns of the row that are not told: what follows from others, and what is kept for the program.
    const UNTOLD: &[&str] = &[
        "id",
        "organisation_id",
        "name_folded",
        "locality",
        "locality_folded",
        "commune",
        "postal_code",
        "missing_since",
        "created_at",
        "updated_at",
        "version",
        "source_values",
        "median_days",
    ];

    #[test]
    fn every_column_is_told_or_known_not_to_be() {
        let table = crate::shared::data_map::TABLES.iter().find(|table| table.name == "service").unwrap();
        for (column, _) in table.columns() {
            assert_ne!(field_of_column(column).is_some(), UNTOLD.contains(&column), "{column}");
        }
    }
}
