//! What the holidays are called.

use crate::shared::Labels;

const fn labels(fr: &'static str, en: &'static str, nl: &'static str, de: &'static str) -> Labels {
    Labels::new(fr, en, nl, de)
}

pub(super) const NEW_YEAR: Labels = labels("Jour de l’An", "New Year’s Day", "Nieuwjaarsdag", "Neujahr");
pub(super) const BERCHTOLD: Labels = labels("Saint-Berchtold", "Saint Berchtold’s Day", "Sint-Berchtold", "Berchtoldstag");
pub(super) const EPIPHANY: Labels = labels("Épiphanie", "Epiphany", "Driekoningen", "Heilige Drei Könige");
pub(super) const REPUBLIC_NE: Labels = labels(
    "Instauration de la République",
    "Republic Day (Neuchâtel)",
    "Dag van de Republiek (Neuchâtel)",
    "Ausrufung der Republik (Neuenburg)",
);
pub(super) const WOMEN: Labels =
    labels("Journée des droits des femmes", "International Women’s Day", "Internationale Vrouwendag", "Frauentag");
pub(super) const JOSEPH: Labels = labels("Saint-Joseph", "Saint Joseph’s Day", "Sint-Jozef", "Josefstag");
pub(super) const NAEFELS: Labels = labels("Bataille de Näfels", "Battle of Näfels", "Slag bij Näfels", "Näfelser Fahrt");
pub(super) const GOOD_FRIDAY: Labels = labels("Vendredi saint", "Good Friday", "Goede Vrijdag", "Karfreitag");
pub(super) const EASTER: Labels = labels("Pâques", "Easter Sunday", "Eerste paasdag", "Ostersonntag");
pub(super) const EASTER_MONDAY: Labels = labels("Lundi de Pâques", "Easter Monday", "Paasmaandag", "Ostermontag");
pub(super) const KING: Labels = labels("Fête du Roi", "King’s Day", "Koningsdag", "Königstag");
pub(super) const ABOLITION: Labels =
    labels("Abolition de l’esclavage", "Abolition of slavery", "Afschaffing van de slavernij", "Abschaffung der Sklaverei");
pub(super) const LABOUR: Labels = labels("Fête du Travail", "Labour Day", "Dag van de Arbeid", "Tag der Arbeit");
pub(super) const LIBERATION: Labels = labels("Jour de la Libération", "Liberation Day", "Bevrijdingsdag", "Befreiungstag");
pub(super) const VICTORY: Labels = labels("Victoire 1945", "Victory in Europe Day", "Dag van de Overwinning", "Tag des Sieges 1945");
pub(super) const EUROPE: Labels = labels("Journée de l’Europe", "Europe Day", "Europadag", "Europatag");
pub(super) const ASCENSION: Labels = labels("Ascension", "Ascension Day", "Hemelvaartsdag", "Christi Himmelfahrt");
pub(super) const WHIT_SUNDAY: Labels = labels("Pentecôte", "Whit Sunday", "Eerste pinksterdag", "Pfingstsonntag");
pub(super) const WHIT_MONDAY: Labels = labels("Lundi de Pentecôte", "Whit Monday", "Pinkstermaandag", "Pfingstmontag");
pub(super) const CORPUS_CHRISTI: Labels = labels("Fête-Dieu", "Corpus Christi", "Sacramentsdag", "Fronleichnam");
pub(super) const INDEPENDENCE_JU: Labels = labels(
    "Commémoration du plébiscite jurassien",
    "Independence Day (Jura)",
    "Onafhankelijkheidsdag (Jura)",
    "Fest der Unabhängigkeit (Jura)",
);
pub(super) const NATIONAL: Labels = labels("Fête nationale", "National Day", "Nationale feestdag", "Nationalfeiertag");
pub(super) const PETER_PAUL: Labels = labels("Saints Pierre et Paul", "Saints Peter and Paul", "Sint-Petrus en Paulus", "Peter und Paul");
pub(super) const ASSUMPTION: Labels = labels("Assomption", "Assumption Day", "Maria-Tenhemelopneming", "Mariä Himmelfahrt");
pub(super) const GENEVA_FAST: Labels = labels("Jeûne genevois", "Geneva Fast", "Geneefse vastendag", "Genfer Bettag");
pub(super) const FAST_MONDAY: Labels =
    labels("Lundi du Jeûne fédéral", "Monday of the Federal Fast", "Maandag van de Federale Biddag", "Bettagsmontag");
pub(super) const CHILDREN: Labels = labels("Journée mondiale de l’enfance", "World Children’s Day", "Wereldkinderdag", "Weltkindertag");
pub(super) const BROTHER_KLAUS: Labels =
    labels("Saint Nicolas de Flüe", "Saint Nicholas of Flüe", "Sint-Nicolaas van Flüe", "Bruder Klaus");
pub(super) const UNITY: Labels =
    labels("Jour de l’Unité allemande", "German Unity Day", "Dag van de Duitse eenheid", "Tag der Deutschen Einheit");
pub(super) const REFORMATION: Labels = labels("Fête de la Réformation", "Reformation Day", "Hervormingsdag", "Reformationstag");
pub(super) const ALL_SAINTS: Labels = labels("Toussaint", "All Saints’ Day", "Allerheiligen", "Allerheiligen");
pub(super) const ARMISTICE: Labels = labels("Armistice 1918", "Armistice Day", "Wapenstilstand", "Waffenstillstand 1918");
pub(super) const REPENTANCE: Labels =
    labels("Jour de pénitence et de prière", "Day of Repentance and Prayer", "Boete- en bededag", "Buß- und Bettag");
pub(super) const IMMACULATE: Labels =
    labels("Immaculée Conception", "Immaculate Conception", "Maria Onbevlekte Ontvangenis", "Mariä Empfängnis");
pub(super) const CHRISTMAS: Labels = labels("Noël", "Christmas Day", "Eerste kerstdag", "Weihnachten");
pub(super) const STEPHEN: Labels = labels("Saint-Étienne", "Saint Stephen’s Day", "Tweede kerstdag", "Stephanstag");
pub(super) const RESTORATION: Labels =
    labels("Restauration de la République", "Restoration of the Republic", "Herstel van de Republiek", "Wiederherstellung der Republik");
