//! The short lists. French labels of categories, audiences, kinds, fees, receptions and ways in follow data·inclusion schema
//! 1.0.10, Licence Ouverte 2.0; the other languages are ours.

use super::{Entry, entry};

/// The categories of topics.
#[rustfmt::skip]
pub(super) static CATEGORIES: &[Entry] = &[
    entry("choisir-un-metier", "Choisir un métier", "Choose an occupation", "Een beroep kiezen", "Einen Beruf wählen"),
    entry("creer-une-entreprise", "Créer une entreprise", "Start a business", "Een bedrijf starten", "Ein Unternehmen gründen"),
    entry("difficultes-administratives-ou-juridiques", "Difficultés administratives ou juridiques", "Administrative or legal difficulties", "Administratieve of juridische problemen", "Administrative oder rechtliche Schwierigkeiten"),
    entry("difficultes-financieres", "Difficultés financières", "Financial difficulties", "Financiële problemen", "Finanzielle Schwierigkeiten"),
    entry("equipement-et-alimentation", "Équipement et alimentation", "Equipment and food", "Huisraad en voeding", "Ausstattung und Ernährung"),
    entry("famille", "Famille", "Family", "Gezin en familie", "Familie"),
    entry("lecture-ecriture-calcul", "Lecture, écriture et calcul", "Reading, writing and numeracy", "Lezen, schrijven en rekenen", "Lesen, Schreiben und Rechnen"),
    entry("logement-hebergement", "Logement et hébergement", "Housing and accommodation", "Wonen en opvang", "Wohnen und Unterkunft"),
    entry("mobilite", "Mobilité", "Mobility", "Mobiliteit", "Mobilität"),
    entry("numerique", "Numérique", "Digital inclusion", "Digitale vaardigheden", "Digitale Teilhabe"),
    entry("preparer-sa-candidature", "Préparer sa candidature", "Prepare an application", "Een sollicitatie voorbereiden", "Die Bewerbung vorbereiten"),
    entry("remobilisation", "Remobilisation", "Getting active again", "Opnieuw actief worden", "Wieder aktiv werden"),
    entry("sante", "Santé", "Health", "Gezondheid", "Gesundheit"),
    entry("se-former", "Se former", "Training", "Een opleiding volgen", "Weiterbildung"),
    entry("souvrir-a-linternational", "S’ouvrir à l’international", "Going international", "Internationale mogelijkheden", "Internationale Möglichkeiten"),
    entry("trouver-un-emploi", "Trouver un emploi", "Find a job", "Werk vinden", "Arbeit finden"),
];

/// The audiences. Everyone is the empty list, so `tous-publics` is not a code here.
#[rustfmt::skip]
pub(super) static AUDIENCES: &[Entry] = &[
    entry("actifs", "Actifs", "People in work", "Werkenden", "Erwerbstätige"),
    entry("beneficiaires-des-minimas-sociaux", "Bénéficiaires des minimas sociaux", "People on minimum income benefits", "Mensen met een minimumuitkering", "Beziehende von Grundsicherung"),
    entry("demandeurs-emploi", "Demandeurs d’emploi", "Job seekers", "Werkzoekenden", "Arbeitsuchende"),
    entry("etudiants", "Étudiants", "Students", "Studenten", "Studierende"),
    entry("familles", "Familles", "Families", "Gezinnen", "Familien"),
    entry("femmes", "Femmes", "Women", "Vrouwen", "Frauen"),
    entry("jeunes", "Jeunes", "Young people", "Jongeren", "Junge Menschen"),
    entry("personnes-en-situation-de-handicap", "Personnes en situation de handicap", "People with disabilities", "Mensen met een beperking", "Menschen mit Behinderungen"),
    entry("personnes-en-situation-durgence", "Personnes en situation d’urgence", "People in an emergency", "Mensen in een noodsituatie", "Menschen in Notlagen"),
    entry("personnes-en-situation-juridique-specifique", "Personnes en situation juridique spécifique", "People in a specific legal situation", "Mensen in een bijzondere juridische situatie", "Menschen in einer besonderen rechtlichen Lage"),
    entry("personnes-exilees", "Personnes exilées", "Exiled people", "Vluchtelingen en nieuwkomers", "Geflüchtete und Zugewanderte"),
    entry("residents-qpv-frr", "Résidents en QPV ou FRR", "Residents of priority urban or rural areas (QPV, FRR)", "Bewoners van prioritaire wijken of plattelandsgebieden (QPV, FRR)", "Bewohnerinnen und Bewohner von Fördergebieten (QPV, FRR)"),
    entry("seniors", "Séniors", "Older people", "Ouderen", "Seniorinnen und Senioren"),
];

/// The kinds of service.
#[rustfmt::skip]
pub(super) static KINDS: &[Entry] = &[
    entry("support", "Accompagnement", "Support", "Begeleiding", "Begleitung"),
    entry("financial_aid", "Aide financière", "Financial aid", "Financiële hulp", "Finanzielle Hilfe"),
    entry("material_aid", "Aide matérielle", "Material aid", "Materiële hulp", "Sachhilfe"),
    entry("workshop", "Atelier", "Workshop", "Workshop", "Workshop"),
    entry("training", "Formation", "Training", "Opleiding", "Schulung"),
    entry("information", "Information", "Information", "Informatie", "Information"),
];

/// What a service costs.
#[rustfmt::skip]
pub(super) static FEES: &[Entry] = &[
    entry("free", "Gratuit", "Free of charge", "Gratis", "Kostenlos"),
    entry("paid", "Payant", "Paid", "Betaald", "Kostenpflichtig"),
];

/// How people are received.
#[rustfmt::skip]
pub(super) static RECEPTIONS: &[Entry] = &[
    entry("on_site", "En présentiel", "On site", "Op locatie", "Vor Ort"),
    entry("remote", "À distance", "Remote", "Op afstand", "Aus der Ferne"),
    entry("both", "En présentiel et à distance", "On site and remote", "Op locatie en op afstand", "Vor Ort und aus der Ferne"),
];

/// How one gets in.
#[rustfmt::skip]
pub(super) static WAYS_IN: &[Entry] = &[
    entry("come", "Se présenter", "Come in person", "Langskomen", "Persönlich vorbeikommen"),
    entry("phone", "Téléphoner", "Phone", "Bellen", "Anrufen"),
    entry("email", "Envoyer un courriel", "Send an e-mail", "Een e-mail sturen", "Eine E-Mail senden"),
    entry("link", "Utiliser le lien de mobilisation", "Use the link", "De link gebruiken", "Den Link verwenden"),
    entry("referral_form", "Remplir le formulaire d’orientation", "Fill in the referral form", "Het verwijsformulier invullen", "Das Überweisungsformular ausfüllen"),
    entry("other", "Autre", "Other", "Anders", "Andere"),
];
