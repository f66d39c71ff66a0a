//! Who may find which words. What is not in a row is told to nobody in it, by any door.

/// The person, as whoever helps them knows them.
const PERSON: &[&str] = &["family_name", "given_name", "phone", "email", "other_contact", "language", "commune", "birth_year", "age_band"];
/// Shown to the sender, and to who took the person in charge.
const NUMBER: &[&str] = &["employment_number"];
/// Why they come.
const NEED: &[&str] = &["status", "household", "available_from", "income", "reason", "situation", "criteria_note"];
const ADVISER: &[&str] = &["adviser_name", "adviser_email", "adviser_phone"];
const WHO_REFERS: &[&str] = &["adviser_name", "adviser_email"];
/// What was sent to the first structure alone: why its conditions were passed over, and what it was told of a document.
const TO_THE_FIRST: &[&str] = &["override_reason", "document_reason", "file_name", "file_content"];
/// The receiver's words for what was agreed: the sender reads how many sessions there are, and who came.
const AGREED: &[&str] = &["step_label", "step_place"];
/// The same as the sender reads it: a file that left is the receiver's to open.
const SENDERS: &[&str] = &["override_reason", "document_reason", "file_name"];
/// What sender and receiver say to each other of a referral, and how it ends.
const BETWEEN: &[&str] = &[
    "sender_message",
    "receiver_message",
    "answer",
    "pause_reason",
    "hand_over_note",
    "contacted_by",
    "contacted_with",
    "outcome",
    "refusal",
    "told_by",
    "answer_note",
];
const RETRIEVAL: &[&str] = &["urgent_reason", "objection"];

/// One recipient and the words that stand behind its doors: exactly these.
pub struct Row(pub &'static str, pub &'static [&'static [&'static str]]);

/// Every recipient. A former holder reads its leg for thirty days more.
pub const RECIPIENTS: &[Row] = &[
    // The sender: all of its own, and what comes back to it.
    Row("prescriber", &[PERSON, NUMBER, NEED, ADVISER, SENDERS, BETWEEN, &["withdrawal_reason", "sender_filing"]]),
    Row("partner", &[PERSON, NUMBER, NEED, ADVISER, SENDERS, BETWEEN, &["withdrawal_reason", "sender_filing"]]),
    // Who answers persons there holds records, and takes everything out that is its own to give.
    Row("privacy_officer", &[PERSON, NUMBER, NEED, ADVISER, SENDERS, BETWEEN, &["withdrawal_reason", "sender_filing"]]),
    // The structure that helped first.
    Row(
        "operator",
        &[PERSON, NUMBER, NEED, ADVISER, TO_THE_FIRST, BETWEEN, AGREED, RETRIEVAL, &["receiver_filing", "booklet_reason", "kept_record"]],
    ),
    Row(
        "colleague",
        &[PERSON, NUMBER, NEED, ADVISER, TO_THE_FIRST, BETWEEN, AGREED, RETRIEVAL, &["receiver_filing", "booklet_reason", "kept_record"]],
    ),
    // The rival that was asked as well, and came too late; it fetched another referral.
    Row("operator_2", &[PERSON, NEED, ADVISER, &["override_reason", "file_name"], RETRIEVAL]),
    // The structure to which the person was handed over.
    Row("operator_3", &[PERSON, NUMBER, NEED, ADVISER, &["file_name", "file_content", "hand_over_note", "contacted_by", "contacted_with"]]),
    Row("link", &[PERSON, NUMBER, NEED, ADVISER, &["file_name", "file_content", "hand_over_note", "contacted_by", "contacted_with"]]),
    // Whoever sees that referrals exist, runs the house or the platform, or reads its journals.
    Row("dead_link", &[]),
    Row("reader", &[]),
    Row("auditor", &[]),
    Row("admin", &[]),
    Row("moderator", &[]),
    Row("platform_admin", &[]),
    // Who only sees who is expected.
    Row("reception", &[PERSON, ADVISER]),
    // Strangers.
    Row("prescriber_2", &[]),
    Row("prescriber_3", &[]),
    Row("anybody", &[]),
];

/// Every mailbox, by its address, and the words that stand in it: exactly these. A box that is not named holds none.
pub const MAILBOXES: &[Row] = &[
    // Who is referred, or the desk of who receives: whom to call, and what was written to it.
    Row("equipe@tremplin-lillois.example.org", &[WHO_REFERS, &["sender_message"]]),
    Row("bonjour@numerique-fives.example.org", &[WHO_REFERS]),
    Row("accueil@roue-des-flandres.example.org", &[WHO_REFERS]),
    // The sender: of whom it is about, and what the receiver says.
    Row("camille.prescriptrice@demo.example.org", &[&["family_name", "given_name", "answer", "outcome", "refusal", "receiver_message"]]),
    Row("conseilplante@example.org", &[&["adviser_name", "answer"]]),
    Row("plantemail@example.org", &[&["family_name", "given_name"], WHO_REFERS]),
];
