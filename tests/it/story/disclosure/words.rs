//! The planted words: one for each field that says something about a person, and the ways in which each may be written.

/// A word of the table, and what it looks like in an answer, a file, a mail or a row. None of them stands anywhere else.
pub struct Word(pub &'static str, pub &'static [&'static str]);

/// Everything that is planted.
pub const WORDS: &[Word] = &[
    // The person.
    Word("family_name", &["Zorglubfam", "zorglubfam"]),
    Word("given_name", &["Quetzagiv", "quetzagiv"]),
    Word("phone", &["06 39 98 71 17", "0639987117", "33639987117"]),
    Word("email", &["plantemail@"]),
    Word("other_contact", &["MoyenPlante"]),
    Word("language", &["\"gsw\"", "\ngsw\n"]),
    Word("commune", &["99777"]),
    Word("birth_year", &["\"birth_year\":1973", "\"birth_year\": 1973", ",1973,", "\n1973\n"]),
    Word("age_band", &["50-59"]),
    Word("employment_number", &["98765432109"]),
    // The situation.
    Word("status", &["statutplante"]),
    Word("household", &["\"household_size\":17", "\"household_size\": 17"]),
    Word("available_from", &["2031-07-19"]),
    Word("income", &["1377.77"]),
    Word("reason", &["RaisonPlantee"]),
    Word("situation", &["SituationPlantee"]),
    Word("criteria_note", &["CriterePlante"]),
    Word("override_reason", &["DerogationPlantee"]),
    Word("document_reason", &["PiecePlantee"]),
    // The adviser of the form.
    Word("adviser_name", &["ConseilPlante"]),
    Word("adviser_email", &["conseilplante@"]),
    Word("adviser_phone", &["06 39 98 72 27", "0639987227", "33639987227"]),
    // What happened to it.
    Word("sender_message", &["MotDuDepart"]),
    Word("receiver_message", &["MotDuReceveur"]),
    Word("answer", &["ReponsePlantee"]),
    Word("step_label", &["EtapePlantee"]),
    Word("step_place", &["LieuPlante"]),
    Word("pause_reason", &["PausePlantee"]),
    Word("hand_over_note", &["PassagePlante"]),
    Word("contacted_by", &["ContactPar"]),
    Word("contacted_with", &["ContactAvec"]),
    Word("outcome", &["IssuePlantee"]),
    Word("refusal", &["RefusPlante"]),
    Word("told_by", &["DitParPlante"]),
    Word("answer_note", &["RapportPlante"]),
    Word("withdrawal_reason", &["RetraitPlante"]),
    Word("urgent_reason", &["UrgencePlantee"]),
    Word("objection", &["ObjectionPlantee"]),
    // What an organisation notes for itself.
    Word("sender_filing", &["ClasseDepart"]),
    Word("receiver_filing", &["ClasseReceveur"]),
    Word("booklet_reason", &["CarnetPlante"]),
    Word("kept_record", &["PrenomGarde"]),
    // A file.
    Word("file_name", &["fichierplante"]),
    Word("file_content", &["ContenuPlante"]),
];

/// The names of the words that stand in a text.
pub fn found_in(text: &str) -> impl Iterator<Item = &'static str> + '_ {
    found_in_bytes(text.as_bytes())
}

/// The same in bytes: in a row's blob, in a file as it lies on the disk.
pub fn found_in_bytes(bytes: &[u8]) -> impl Iterator<Item = &'static str> + '_ {
    WORDS.iter().filter(move |Word(_, ways)| ways.iter().any(|way| stands(bytes, way.as_bytes()))).map(|Word(name, _)| *name)
}

/// Whether a word stands there. One of digits alone, or a band of two ages, stands by itself: ids and salts are made of digits and hyphens
/// too, by chance of any.
fn stands(bytes: &[u8], way: &[u8]) -> bool {
    let number = way.iter().all(|byte| byte.is_ascii_digit() || (*byte == b'-' && way.len() == "50-59".len()));
    let is_part = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    memchr::memmem::find_iter(bytes, way).any(|at| !(number && (is_part(at.checked_sub(1)) || is_part(at.checked_add(way.len())))))
}
