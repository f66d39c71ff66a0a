//! What every column of the database holds, and for how long it is kept.
//!
//! A column that is not named here may not exist: a test compares this map with the migrated schema. The export of everything
//! that is held on a person, and the erasure, read it (docs/decisions/0005). A new column costs a word in [`TABLES`]: under the
//! group of what it holds, in the table it belongs to.

mod tables;
#[cfg(test)]
mod tests;

use crate::access::Category;

pub use tables::TABLES;

crate::choice! {
    /// What a column holds, beyond the categories of content that a reader sees or not.
    pub enum Kind {
        /// Ids, codes, instants, counts and versions. They tell nobody's story by themselves.
        Technical = "technical",
        /// What an organisation publishes about itself and its services.
        Published = "published",
        /// About somebody who signs in: their name, address, sessions.
        Account = "account",
        /// Keys, hashes of keys and what opens a door. Never exported, never shown.
        Secret = "secret",
        /// Free text or a JSON document: it may hold any category, so it is shown by its own rules and erased whole.
        Content = "content_free_text",
    }
}

crate::choice! {
    /// How long a row is kept. Business time, except for sessions, secrets and budgets.
    pub enum Retention {
        /// As long as the installation.
        Permanent = "permanent",
        /// As long as the organisation, service or role exists; what is archived stays, for the history of referrals names it.
        WithObject = "with_object",
        /// As long as the account; erased with it.
        WithAccount = "with_account",
        /// 730 days from the end of the chain, or what the platform's setting (`retention_days`) says: then content is blanked and the
        /// rest stays for the counts. No organisation has a setting of its own: a chain is read by several, and none keeps it longer
        /// than the others.
        Referral730Days = "referral_730_days",
        /// As long as the values of the object that the row belongs to.
        AsItsObject = "as_its_object",
        /// A day.
        OneDay = "one_day",
        /// Seven days.
        Idempotency7Days = "idempotency_7_days",
        /// Until it ends or is revoked, and the days after that in which its misuse is still recognised.
        Session = "session",
        /// Without an end for now. Each entry is sealed with the one before it, so that none is taken out unseen, and no profile asks for
        /// less than it (FR: 6 to 12 months; CH: a year; NL care: five years). It holds ids and codes; values have an end of their own.
        Journal = "journal",
        /// Until it is done, and a while longer so that an operator can look.
        Work = "work",
        /// Only in a sandbox; emptied with it.
        Sandbox = "sandbox",
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// One of the categories that a reader sees or not.
    Category(Category),
    /// Something else.
    Kind(Kind),
}

impl Holds {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Category(category) => category.code(),
            Self::Kind(kind) => kind.code(),
        }
    }

    /// Whether it tells something about a person who is helped.
    pub const fn is_about_the_person(self) -> bool {
        matches!(self, Self::Category(_) | Self::Kind(Kind::Content))
    }
}

/// One table: how long its rows are kept, and its columns by what they hold.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name in the schema.
    pub name: &'static str,
    /// How long its rows are kept.
    pub kept: Retention,
    /// The names of its columns, divided by spaces, under what they hold.
    groups: &'static [(Holds, &'static str)],
}

impl Table {
    /// Its columns with what each holds.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, Holds)> {
        self.groups.iter().flat_map(|(holds, names)| names.split_whitespace().map(|name| (name, *holds)))
    }
}

/// What a column of the schema holds; `None` when the map does not know it.
pub fn holds(table: &str, column: &str) -> Option<Holds> {
    let table = TABLES.iter().find(|known| known.name == table)?;
    table.columns().find(|(name, _)| *name == column).map(|(_, holds)| holds)
}

/// How the rows of a table that belong to a person are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The column holds the person's id.
    Person(&'static str),
    /// The column holds the id of one of the person's legs.
    Leg(&'static str),
    /// The rows are tied to legs by a table of their own, `referral_<name>`: its column that holds the row's id.
    Tied {
        /// The table that ties.
        by: &'static str,
        /// Its column that holds the row's id.
        column: &'static str,
    },
}

/// Tables kept with referrals whose rows are not about the person: left out of what is handed to them, with the reason.
pub const NOT_ABOUT_THE_PERSON: &[(&str, &str)] = &[
    ("need", "only ties legs together"),
    ("referral_assignment", "how an organisation shares out its work"),
    ("reading_mark", "what a member has read"),
    ("access_link", "keys of a door"),
];

/// Content that stays when the rest is erased, for the counts: codes from closed lists, which tell nobody's story without a name.
pub const COUNTED: &[(&str, &str)] = &[("referral", "refusal_codes"), ("referral", "outcome")];

impl Table {
    /// The ways from a person, and from the person's legs, to the rows of this table; none when there is none.
    pub fn ways(&self) -> Vec<Way> {
        let has = |wanted: &str| self.columns().any(|(column, _)| column == wanted);
        match self.name {
            "person" => return vec![Way::Person("id")],
            "referral" => return vec![Way::Leg("id")],
            "identity_link" => return vec![Way::Person("person_id"), Way::Person("other_person_id")],
            _ => {}
        }
        let person = has("person_id").then_some(Way::Person("person_id"));
        let leg = has("referral_id").then_some(Way::Leg("referral_id"));
        person.into_iter().chain(leg).chain(self.tied()).collect()
    }

    /// The table that ties its rows to legs, where there is one.
    fn tied(&self) -> Option<Way> {
        let by = TABLES.iter().find(|table| table.name.strip_prefix("referral_") == Some(self.name))?;
        let wanted = |column: &str| column.strip_suffix("_id") == Some(self.name);
        let (column, _) = by.columns().find(|(column, _)| wanted(column))?;
        by.columns().any(|(column, _)| column == "referral_id").then_some(Way::Tied { by: by.name, column })
    }

    /// The columns that are emptied when the person is forgotten.
    pub fn forgotten_columns(&self) -> impl Iterator<Item = &'static str> {
        let name = self.name;
        let told = self.columns().filter(|(_, holds)| holds.is_about_the_person()).map(|(column, _)| column);
        told.filter(move |column| !COUNTED.contains(&(name, *column)))
    }
}

/// The tables whose rows live as long as the referral that they belong to.
pub fn kept_with_referrals() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().filter(|table| table.kept == Retention::Referral730Days)
}

/// One table by its name.
pub fn table_named(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}
