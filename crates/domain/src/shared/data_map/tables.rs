//! The tables, column by column.

use super::{Holds, Kind, Retention, Table};
use crate::access::Category;

const fn table(name: &'static str, kept: Retention, groups: &'static [(Holds, &'static str)]) -> Table {
    Table { name, kept, groups }
}

const TECHNICAL: Holds = Holds::Kind(Kind::Technical);
const PUBLISHED: Holds = Holds::Kind(Kind::Published);
const ACCOUNT: Holds = Holds::Kind(Kind::Account);
const SECRET: Holds = Holds::Kind(Kind::Secret);
const CONTENT: Holds = Holds::Kind(Kind::Content);
const IDENTITY_MIN: Holds = Holds::Category(Category::IdentityMin);
const IDENTITY: Holds = Holds::Category(Category::Identity);
const CONTACT: Holds = Holds::Category(Category::Contact);
const SOCIAL: Holds = Holds::Category(Category::Social);
const DOCUMENTS: Holds = Holds::Category(Category::Documents);

/// Every table of the schema, in the order of the migrations.
pub const TABLES: &[Table] = &[
    table("instance", Retention::Permanent, &[(TECHNICAL, "id offset_micros seeded_at"), (SECRET, "demo")]),
    table("secret", Retention::Permanent, &[(TECHNICAL, "name purpose created_at retires_at"), (SECRET, "sealed")]),
    table(
        "idempotency",
        Retention::Idempotency7Days,
        &[(TECHNICAL, "caller operation key body_hash status resource_id version created_at")],
    ),
    table(
        "job",
        Retention::Work,
        &[
            (TECHNICAL, "id kind unique_key payload priority run_at attempts state claimed_by claimed_until last_error"),
            (TECHNICAL, "created_at updated_at version"),
        ],
    ),
    // The subject is an account, an address or a hash of what was tried.
    table("budget", Retention::Session, &[(TECHNICAL, "name period_start used"), (ACCOUNT, "subject")]),
    table(
        "organisation",
        Retention::WithObject,
        &[
            (TECHNICAL, "id parent_id state ceiling settings clocks verified_at created_at updated_at version"),
            (PUBLISHED, "name name_folded description identifiers email phone website address locality latitude longitude"),
            (PUBLISHED, "country language time_zone source source_id source_updated_on"),
            (PUBLISHED, "networks opening_hours accessibility source_url source_values referral_form locality_folded commune"),
            // A moderator's words on those who are there.
            (ACCOUNT, "block_reason"),
        ],
    ),
    table(
        "app_user",
        Retention::WithAccount,
        &[
            (TECHNICAL, "id state platform_role totp_confirmed_at totp_last_step digest created_at updated_at version"),
            (ACCOUNT, "email email_key name phone language"),
            (SECRET, "password_hash totp_sealed"),
        ],
    ),
    table("unit", Retention::WithObject, &[(TECHNICAL, "id organisation_id parent_id name created_at updated_at version")]),
    table(
        "membership",
        Retention::WithAccount,
        &[(TECHNICAL, "id organisation_id user_id valid_from valid_to notified created_at updated_at version")],
    ),
    table("membership_unit", Retention::WithAccount, &[(TECHNICAL, "membership_id unit_id")]),
    table("role", Retention::WithObject, &[(TECHNICAL, "id organisation_id name template grants created_at updated_at version")]),
    table("role_assignment", Retention::WithAccount, &[(TECHNICAL, "id membership_id role_id unit_id valid_from valid_to created_at")]),
    table(
        "service_account",
        Retention::WithObject,
        &[(TECHNICAL, "id organisation_id name client_id grants state created_at updated_at version"), (SECRET, "secret_hash")],
    ),
    table(
        "session",
        Retention::Session,
        &[
            (TECHNICAL, "id user_id service_account_id access_link_id rotated_at scope created_at last_used_at expires_at revoked_at"),
            (TECHNICAL, "revoked_because version"),
            (ACCOUNT, "client"),
            (SECRET, "refresh_hash previous_hash"),
        ],
    ),
    table(
        "invitation",
        Retention::WithObject,
        &[
            (TECHNICAL, "id organisation_id role_id unit_id invited_by expires_at accepted_at revoked_at created_at version"),
            (ACCOUNT, "email name"),
            (SECRET, "token_hash"),
        ],
    ),
    table("account_token", Retention::Session, &[(TECHNICAL, "id user_id purpose expires_at used_at created_at"), (SECRET, "token_hash")]),
    // A contact that is not public is still that of somebody at work, not of a person who is helped.
    table(
        "service",
        Retention::WithObject,
        &[
            (
                TECHNICAL,
                "id organisation_id unit_id state form_enabled contact_public published_at missing_since created_at updated_at version",
            ),
            (PUBLISHED, "name name_folded summary description kind topics audiences audience_note criteria documents fee fee_note"),
            (PUBLISHED, "reception address locality locality_folded commune postal_code latitude longitude coverage ways_in link"),
            (PUBLISHED, "link_text hours_per_week weeks update_frequency languages source source_id source_updated_on"),
            (PUBLISHED, "labels criteria_mode fee_amount fee_currency opening_hours open_to way_in_note professional_ways_in"),
            (PUBLISHED, "conditions source_url capacity_total capacity_free waiting_list capacity_valid_until suspended_from"),
            (PUBLISHED, "other_places last_confirmed_at case_type median_days"),
            // The record of a feed, which is open data, may hold a contact as the feed wrote it.
            (ACCOUNT, "source_values"),
            (ACCOUNT, "contact_name contact_email contact_phone"),
        ],
    ),
    table(
        "place",
        Retention::Permanent,
        &[(TECHNICAL, "code kind country name parent departement region epci latitude longitude population postal_codes")],
    ),
    table("need", Retention::Referral730Days, &[(TECHNICAL, "id created_at")]),
    table(
        "person",
        Retention::Referral730Days,
        &[
            (
                TECHNICAL,
                "id organisation_id unit_id entered_by adviser_id kept_from protected consent_withdrawn_at blanked_at created_at updated_at",
            ),
            (TECHNICAL, "made_by version"),
            (IDENTITY, "family_name given_name name_folded employment_number"),
            (IDENTITY_MIN, "birth_year commune"),
            (CONTACT, "phone email language contact_keys"),
        ],
    ),
    // The form, its snapshot and the answers are documents: what of them a reader sees is decided part by part.
    table(
        "referral",
        Retention::Referral730Days,
        &[
            (TECHNICAL, "id need_id root_id parent_id kind origin state sender_organisation_id sender_unit_id sent_by adviser_id"),
            (
                TECHNICAL,
                "receiver_organisation_id receiver_unit_id service_id person_id sent_at told_at inbox_box answered_at decided_at ended_at",
            ),
            (TECHNICAL, "state_since remind_at reminders_sent expire_at plan created_at updated_at version"),
            (
                TECHNICAL,
                "head handed_over_by first_answered_at returned_at receiver_left_at consent_withdrawn_at informed_at paused_seconds paused",
            ),
            (TECHNICAL, "warnings blanked_at"),
            (IDENTITY, "name_folded"),
            (CONTACT, "contact_keys"),
            (SOCIAL, "refusal_codes outcome path"),
            (CONTENT, "form snapshot eligibility override_reason answer_message outcome_text reported blocked_reason hand_over pause"),
            (CONTENT, "message_for_person"),
        ],
    ),
    table(
        "consent",
        Retention::Referral730Days,
        &[
            (TECHNICAL, "id person_id referral_id recipient_organisation_id purpose categories given_at ends_on withdrawn_at version"),
            (CONTENT, "withdrawal_reason"),
        ],
    ),
    table("referral_assignment", Retention::Referral730Days, &[(TECHNICAL, "referral_id member_id unit_id assigned_at")]),
    table(
        "referral_filing",
        Retention::Referral730Days,
        &[(TECHNICAL, "referral_id organisation_id reason before version_after filed_at"), (CONTENT, "note")],
    ),
    table("reading_mark", Retention::Referral730Days, &[(TECHNICAL, "referral_id user_id read_at")]),
    table(
        "access_link",
        Retention::Referral730Days,
        &[(TECHNICAL, "id referral_id created_at expires_at revoked_at used_at uses"), (ACCOUNT, "recipient"), (SECRET, "token_hash")],
    ),
    table(
        "message",
        Retention::Referral730Days,
        &[
            (TECHNICAL, "id referral_id organisation_id author_kind author_id kind recipients created_at"),
            (ACCOUNT, "author_name"),
            (CONTENT, "body"),
        ],
    ),
    // Whom a notice tells is kept as a word and an id, never as an address.
    table(
        "notice",
        Retention::Referral730Days,
        &[
            (TECHNICAL, "id kind recipient channel organisation_id referral_id message_id user_id state error_code created_at sent_at"),
            (TECHNICAL, "other_referral_id other_organisation_id"),
        ],
    ),
    table(
        "task",
        Retention::Referral730Days,
        &[(TECHNICAL, "id organisation_id referral_id kind notices due_at done_at done_by created_at updated_at version")],
    ),
    table("digest_entry", Retention::Work, &[(TECHNICAL, "user_id notice_id mail_id created_at")]),
    table(
        "sandbox_mail",
        Retention::Sandbox,
        &[(TECHNICAL, "id message_id kind recipient created_at"), (CONTENT, "address reply_to subject text html")],
    ),
    table("event", Retention::Journal, &[(TECHNICAL, "id position kind object_kind object_id version organisation_id at request_id")]),
    table(
        "mutation_entry",
        Retention::Journal,
        &[
            (TECHNICAL, "id position seal at business_at actor_kind actor_id organisation_id request_id purpose object_kind object_id"),
            (TECHNICAL, "act reason fields"),
        ],
    ),
    // The salt goes with the values: without both, the hashes in the entry say nothing.
    table("mutation_value", Retention::AsItsObject, &[(TECHNICAL, "entry_id field salt"), (CONTENT, "before after")]),
    table(
        "access_entry",
        Retention::Journal,
        &[
            (TECHNICAL, "id position seal at business_at actor_kind actor_id organisation_id request_id purpose operation outcome"),
            (TECHNICAL, "categories object_kind object_ids"),
        ],
    ),
    table("sequence_state", Retention::Permanent, &[(TECHNICAL, "name last_position last_seal")]),
    table("search_document", Retention::WithObject, &[(TECHNICAL, "service_id"), (PUBLISHED, "document")]),
    table("bookmark", Retention::WithAccount, &[(TECHNICAL, "id user_id service_id created_at version"), (ACCOUNT, "note")]),
    // What somebody searches for again and again says something about the people they help.
    table(
        "saved_search",
        Retention::WithAccount,
        &[(TECHNICAL, "id user_id alert alerted_at created_at updated_at version"), (ACCOUNT, "name query")],
    ),
    table(
        "service_report",
        Retention::WithObject,
        &[(TECHNICAL, "id service_id organisation_id reason state created_at settled_at version"), (ACCOUNT, "reported_by note")],
    ),
    table("contact_reading", Retention::WithObject, &[(TECHNICAL, "service_id day readings")]),
    table(
        "import_run",
        Retention::Work,
        &[(TECHNICAL, "id format options state progress report created_by organisation_id created_at updated_at version")],
    ),
    // A number is no secret and, by itself, says of nobody that they carry it.
    table("booklet_counter", Retention::Permanent, &[(TECHNICAL, "name next")]),
    table(
        "booklet_series",
        Retention::WithObject,
        &[(TECHNICAL, "id organisation_id first_number last_number count units created_at version")],
    ),
    table(
        "booklet",
        Retention::WithObject,
        &[
            (TECHNICAL, "id series_id organisation_id number state units balance referral_id assigned_at created_at updated_at"),
            (TECHNICAL, "version"),
        ],
    ),
    table(
        "booklet_entry",
        Retention::Referral730Days,
        &[
            (TECHNICAL, "id booklet_id kind units balance_after referral_id step_id reverses reversed_by organisation_id user_id"),
            (TECHNICAL, "created_at"),
            (CONTENT, "reason"),
        ],
    ),
    table(
        "retrieval",
        Retention::Referral730Days,
        &[
            (TECHNICAL, "id booklet_id referral_id next_referral_id holder_organisation_id claimant_organisation_id claimed_by"),
            (TECHNICAL, "service_id take_in_charge state due_at decided_at created_at updated_at version"),
            (CONTENT, "urgent_reason objection"),
        ],
    ),
    table(
        "saved_view",
        Retention::WithAccount,
        &[(TECHNICAL, "id user_id organisation_id unit_id shared created_at updated_at version"), (ACCOUNT, "name query")],
    ),
    // The parts of a feed, open data, and what its report says of them.
    table("import_part", Retention::Work, &[(TECHNICAL, "import_id file number"), (PUBLISHED, "bytes")]),
    // Whose rows are in the file is known to the access journal alone.
    table(
        "export",
        Retention::Work,
        &[
            (TECHNICAL, "id kind format direction filter rights state row_count byte_count failed_because organisation_id created_by"),
            (TECHNICAL, "session_id created_at finished_at expires_at updated_at version"),
        ],
    ),
    // The file itself: erased after a day.
    table("export_part", Retention::OneDay, &[(TECHNICAL, "export_id number"), (CONTENT, "bytes")]),
    table(
        "disclosure",
        Retention::Referral730Days,
        &[(
            TECHNICAL,
            "id person_id referral_id organisation_id recipient_organisation_id purpose categories because consent_id disclosed_at",
        )],
    ),
    table(
        "identity_link",
        Retention::Referral730Days,
        &[(TECHNICAL, "id organisation_id person_id other_person_id linked_by created_at version")],
    ),
    table(
        "join_request",
        Retention::WithAccount,
        &[(TECHNICAL, "id organisation_id user_id state decided_by decided_at created_at updated_at version"), (ACCOUNT, "message reason")],
    ),
    // The name and the sum of a file go with it, long before the referral: with the end, or six months after it.
    table(
        "document",
        Retention::Referral730Days,
        &[
            (TECHNICAL, "id organisation_id purpose file_type size_bytes state refusal checks blob_key erase_at created_at"),
            (TECHNICAL, "checked_at erased_at version"),
            (DOCUMENTS, "name checksum"),
            (ACCOUNT, "uploaded_by"),
        ],
    ),
    table(
        "referral_document",
        Retention::Referral730Days,
        &[(TECHNICAL, "referral_id document_id added_at dropped_at version"), (DOCUMENTS, "code")],
    ),
    table("service_form", Retention::WithObject, &[(TECHNICAL, "service_id document_id waiting_id"), (PUBLISHED, "code")]),
];
