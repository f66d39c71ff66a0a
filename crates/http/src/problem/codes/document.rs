//! Codes of files.

use super::Entry;

/// The codes.
pub const CODES: &[Entry] = &[
    Entry("already_attached", 409, "The referral has this file already", "L’orientation a déjà ce fichier", "Nothing is left to do."),
    Entry(
        "document_erased",
        409,
        "The file is erased",
        "Le fichier est effacé",
        "Files are erased when the referral ends without help, six months after its end otherwise, and three hours after an upload that \
         nothing refers to.",
    ),
    Entry(
        "document_pending",
        409,
        "The file has not been checked yet",
        "Le fichier n’a pas encore été vérifié",
        "It takes some seconds. Read the file again; `state` says when it is `clean`.",
    ),
    Entry(
        "document_sent",
        409,
        "The file has left with a referral",
        "Le fichier est parti avec une orientation",
        "Whoever receives the referral reads it; it is erased with the referral.",
    ),
    Entry(
        "active_content",
        422,
        "The file holds macros or other files",
        "Le fichier contient des macros ou d’autres fichiers",
        "Save it without macros and embedded files, or as a PDF.",
    ),
    Entry(
        "content_mismatch",
        422,
        "The content is not what the name says",
        "Le contenu ne correspond pas au nom",
        "Save the file again in the type that its name ends with. Files that are locked by a password, or of two types at once, are refused.",
    ),
    Entry(
        "document_not_checked",
        422,
        "The file could not be checked",
        "Le fichier n’a pas pu être vérifié",
        "Upload it again. When it happens again, tell who runs this installation.",
    ),
    Entry(
        "document_refused",
        422,
        "The file was refused",
        "Le fichier a été refusé",
        "`refusal` of the file names the reason. The file itself is erased.",
    ),
    Entry(
        "document_unreadable",
        422,
        "The text of the file cannot be read",
        "Le texte du fichier est illisible",
        "It may be locked by a password or damaged. Print it into a new PDF, or upload a picture.",
    ),
    Entry(
        "extension_forbidden",
        422,
        "This type of file is not taken",
        "Ce type de fichier n’est pas accepté",
        "`params.allowed` names the types.",
    ),
    Entry(
        "extension_missing",
        422,
        "The name has no ending",
        "Le nom n’a pas d’extension",
        "The ending of the name tells the type, as in `cv.pdf`.",
    ),
    Entry("file_empty", 422, "The file is empty", "Le fichier est vide", "Choose another file."),
    Entry(
        "file_name_invalid",
        422,
        "The name of the file is not valid",
        "Le nom du fichier n’est pas valide",
        "A name without folders and special characters, in `Content-Disposition: attachment; filename*=UTF-8''…`.",
    ),
    Entry("file_name_too_long", 422, "The name of the file is too long", "Le nom du fichier est trop long", "`params.max` is the limit."),
    Entry("file_too_big", 422, "The file is too large", "Le fichier est trop volumineux", "`params.max` is the limit, in bytes."),
    Entry(
        "malware_found",
        422,
        "The file holds malware",
        "Le fichier contient un logiciel malveillant",
        "It was erased. Look after the machine that it came from.",
    ),
    Entry(
        "too_many_documents",
        422,
        "The referral has too many files",
        "L’orientation a trop de fichiers",
        "`params.max` is the limit. Take one away first.",
    ),
    Entry(
        "unpacked_too_big",
        422,
        "The file holds far more than it seems to",
        "Le fichier contient bien plus qu’il n’y paraît",
        "Save it with smaller pictures, or as a PDF.",
    ),
    Entry(
        "store_unavailable",
        503,
        "The files cannot be reached now",
        "Les fichiers sont momentanément inaccessibles",
        "Try again in a moment.",
    ),
];
