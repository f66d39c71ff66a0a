//! Files that people hand in: what may be handed in, where a file stands, and what forbids its use.
//!
//! A file is hostile until it has been judged. Its name, type, size and packing are judged before the answer; malware and forbidden
//! contents by a worker, while the file lies in quarantine. What the bytes of a file say is found out by `adapters`; what follows
//! from it is decided here.

mod checks;
mod file_type;
mod life;
mod name;

pub use checks::{Checks, MalwareCheck, TextCheck};
pub use file_type::{Family, FileType};
pub use life::{
    Attached, Standing, blockers_to_attach, blockers_to_delete, blockers_to_read, blockers_to_read_through, erase_after, unattached_until,
};
pub use name::{FileName, judge_name};

/// The largest file, in bytes.
pub const MOST_BYTES: usize = 6 * 1024 * 1024;
/// How many files one referral refers to at most.
pub const MOST_PER_REFERRAL: usize = 20;
/// What a packed document may hold unpacked, in bytes.
pub const MOST_UNPACKED: u64 = 64 * 1024 * 1024;
/// How many entries a packed document may have.
pub const MOST_ENTRIES: usize = 2_000;
/// How many times larger than its packed form an entry may be, once it is larger than a mebibyte.
pub const MOST_RATIO: u64 = 200;
/// How many pixels an image may have.
pub const MOST_PIXELS: u64 = 120_000_000;
/// How many pixels either side of an image may have.
pub const LONGEST_SIDE: u32 = 30_000;

crate::choice! {
    /// Where a file stands.
    pub enum DocumentState {
        /// In quarantine: nobody reads it until it has been judged.
        Pending = "pending",
        /// Judged, and nothing was found.
        Clean = "clean",
        /// Something was found: the file is erased, only the code is kept.
        Refused = "refused",
        /// Its time is over: the file is erased.
        Erased = "erased",
    }
}

crate::choice! {
    /// What a file is for.
    pub enum DocumentPurpose {
        /// To be handed over with a referral.
        Referral = "referral",
        /// The blank form of a document that a service asks for: everybody may have it.
        BlankForm = "blank_form",
    }
}

crate::choice! {
    /// Why a file was refused after it had been taken in.
    pub enum DocumentRefusal {
        /// It holds malware.
        MalwareFound = "malware_found",
        /// It holds a French social security number.
        ForbiddenIdentifier = "forbidden_identifier",
        /// Its text cannot be read, so nobody can say what it holds.
        Unreadable = "document_unreadable",
        /// It holds far more than it seems to.
        UnpackedTooBig = "unpacked_too_big",
        /// It starts programs or carries other files.
        ActiveContent = "active_content",
        /// It could not be judged for so long that it was given up.
        NotChecked = "document_not_checked",
    }
}

crate::choice! {
    /// What the bytes of a file say against it before it is taken in.
    pub enum ContentFault {
        /// They are not of the type that the name says, or of two types at once.
        Mismatch = "content_mismatch",
        /// They unpack to more than is allowed.
        UnpackedTooBig = "unpacked_too_big",
        /// They hold macros or other files.
        Active = "active_content",
    }
}
