//! What notices say in words of the platform's own.

use crate::shared::Labels;

/// Why a document was refused, in words: the code's label and nothing of the document.
pub fn document_refusal(code: &str) -> Labels {
    match code {
        "malware_found" => Labels::new(
            "Le fichier contient un programme malveillant.",
            "The file contains malware.",
            "Het bestand bevat schadelijke software.",
            "Die Datei enthält Schadsoftware.",
        ),
        "forbidden_identifier" => Labels::new(
            "Le fichier contient un numéro de sécurité sociale, qui ne doit pas être transmis.",
            "The file contains a social-security number, which must not be passed on.",
            "Het bestand bevat een socialezekerheidsnummer, dat niet mag worden doorgegeven.",
            "Die Datei enthält eine Sozialversicherungsnummer, die nicht weitergegeben werden darf.",
        ),
        "unpacked_too_big" => Labels::new(
            "Le fichier est trop volumineux une fois décompressé.",
            "The file is too big once unpacked.",
            "Het bestand is te groot wanneer het uitgepakt is.",
            "Die Datei ist entpackt zu groß.",
        ),
        "active_content" => Labels::new(
            "Le fichier contient des macros ou d’autres fichiers.",
            "The file contains macros or other files.",
            "Het bestand bevat macro’s of andere bestanden.",
            "Die Datei enthält Makros oder andere Dateien.",
        ),
        "document_unreadable" => Labels::new(
            "Le texte du fichier est illisible : il est peut-être protégé ou abîmé.",
            "The text of the file cannot be read: it may be locked or damaged.",
            "De tekst van het bestand is niet leesbaar: het is misschien vergrendeld of beschadigd.",
            "Der Text der Datei ist nicht lesbar: Sie ist vielleicht gesperrt oder beschädigt.",
        ),
        "content_mismatch" => Labels::new(
            "Le contenu du fichier ne correspond pas à son extension.",
            "The content of the file does not match its extension.",
            "De inhoud van het bestand past niet bij de extensie.",
            "Der Inhalt der Datei passt nicht zu ihrer Endung.",
        ),
        "file_too_big" => {
            Labels::new("Le fichier est trop volumineux.", "The file is too big.", "Het bestand is te groot.", "Die Datei ist zu groß.")
        }
        _ => Labels::new(
            "Le fichier n’a pas passé le contrôle.",
            "The file did not pass the examination.",
            "Het bestand is niet door de controle gekomen.",
            "Die Datei hat die Prüfung nicht bestanden.",
        ),
    }
}
