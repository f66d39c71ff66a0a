//! Referrals: from the draft to the end of the help, the inbox, the thread, the clocks and the links.

mod act;
mod answer;
mod booklet;
mod broadcast;
mod bulk;
mod chain;
mod consent;
mod delays;
mod documents;
mod draft;
mod filing;
mod hand_over;
mod held;
mod holiday;
mod link;
mod moderation;
mod pause;
mod query;
mod reactions;
mod read;
mod retrieval;
mod saved_view;
mod send;
mod terms;
mod thread;
mod walk_in;

pub mod clock;

pub use act::{OrganisationZone, party_of, permission_for};
pub use answer::{accept, complete, record_answer, refuse, review, set_path, waitlist, withdraw};
pub use booklet::{
    AssignBooklet, BookletQuery, BookletSeriesCreate, ReverseBooklet, UseBooklet, assign_booklet, issue_booklets, list_booklet_entries,
    list_booklet_series, list_booklets, read_booklet, read_booklet_series, reverse_booklet_entry, search_booklets, use_booklet,
};
pub use broadcast::{BroadcastCommand, BroadcastView, broadcast, read_broadcast, read_broadcast_unless};
pub use bulk::{BulkAct, BulkCommand, BulkItem, BulkResult, bulk};
pub(crate) use chain::forsaken_meanwhile;
pub use chain::{FORSAKEN_JOB, forsake};
pub(crate) use consent::outlived;
pub use consent::withdraw_consent;
pub use delays::{OrganisationClocksView, organisation_clocks, set_organisation_clocks};
pub use documents::{NewReferralDocument, ReferralDocuments, add_document, document, document_unless, documents, remove_document};
pub use draft::{ReferralDraft, create, delete, outside, patch};
pub use filing::{Assignment, archive, assign, mark, unarchive};
pub use hand_over::{RedirectCommand, redirect};
pub use held::{block_held, release_held};
pub use holiday::{Holidays, holidays};
pub(crate) use link::renewed;
pub use link::{ExchangedLink, RENEWAL_JOB, close_doors, exchange, renew};
pub use moderation::list_moderated;
pub use pause::{pause_clock, pause_clocks_of_person, resume_clock, resume_clocks_of_person};
pub use query::{ReferralFilter, ReferralQuery};
pub use read::{PersonSearch, actions, board, chain as legs_of_chain, inbox, list, one, one_unless};
pub(crate) use read::{filter_of, lines_of, list_rule, reader};
pub use retrieval::{
    CLAIM_JOB, ObjectToRetrieval, RetrievalCreate, RetrievalPart, RetrievalQuery, UrgentRetrieval, claim_due, list_retrievals,
    object_to_retrieval, read_retrieval, read_retrieval_unless, retrieve,
};
pub use saved_view::{
    SavedViewCreate, SavedViewPatch, ViewQuery, create_saved_view, delete_saved_view, list_saved_views, read_saved_view, update_saved_view,
};
pub use send::{SendCommand, send};
pub use terms::Terms;
pub use thread::{NewMessage, message, messages, write_message};
pub use walk_in::{WalkInForm, walk_in};

pub use relais_persistence::referral::view;

pub(crate) use act::visible;
