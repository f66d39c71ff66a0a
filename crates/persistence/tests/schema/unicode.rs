//! Texts, orders and searches are the same on both engines, whatever the script and whatever PostgreSQL's collation.

mod orders;
mod searches;
mod texts;

use chrono::{DateTime, Utc};
use relais_domain::identity::Actor;
use relais_persistence::{Chance, Ctx};
use uuid::Uuid;

/// Names as people and offices write them: accents, other scripts, combining marks, ligatures, invisible signs, and characters that
/// mean something to LIKE, to JSON or to SQL.
pub const NAMES: &[&str] = &[
    "Éléonore",
    "E\u{301}le\u{301}onore",
    "Eleonore",
    "Jean-Paul",
    "Jean\u{a0}Paul",
    "jeanpaul",
    "D’Angelo",
    "d'angelo",
    "Strauß",
    "STRAUẞ",
    "Strauss",
    "Lecœur",
    "Lecoeur",
    "Ægir",
    "Bjørn Ångström",
    "Łukasz",
    "Đặng",
    "Nguye\u{302}\u{303}n",
    "İbrahim",
    "Işık",
    "istanbul",
    "ISIK",
    "Αλέξης",
    "Андрей Ёлкин",
    "андреи елкин",
    "مُحَمَّد",
    "محمد",
    "김철수",
    "सीता",
    "東京 がぎ",
    "𠮷野",
    "Zoé 👩\u{200d}🚀",
    "🏳\u{fe0f}\u{200d}🌈 Maison",
    "Aalborg",
    "Chalupa",
    "Zebra",
    "de la Salle",
    "Delasalle",
    "100% _net_",
    "100x xnetx",
    "a\\b !c",
    "\"guillemets\" 'et' «\u{202f}autres\u{202f}»",
    "co\u{ad}opération",
    "Ａｎｎａ",
    "\u{fb01}ls",
];

fn an_id() -> Uuid {
    use std::sync::atomic::{AtomicU64, Ordering};
    static LAST: AtomicU64 = AtomicU64::new(1 << 40);
    Uuid::from_u128(u128::from(LAST.fetch_add(1, Ordering::SeqCst)))
}

/// A context in which writes are journalled.
pub fn context(now: DateTime<Utc>) -> Ctx {
    let chance = Chance { id: an_id, salt: || [7; 16] };
    Ctx { actor: Actor::CommandLine, on_behalf_of: None, request_id: "unicode".into(), purpose: None, now, real_now: now, chance }
}
