//! The types of file that are taken in.

crate::choice! {
    /// A type of file, by the ending of its name.
    pub enum FileType {
        /// Portable Document Format.
        Pdf = "pdf",
        /// Word until 2003.
        Doc = "doc",
        /// Word.
        Docx = "docx",
        /// Text of an open document (ODF).
        Odt = "odt",
        /// Sheets of an open document (ODF).
        Ods = "ods",
        /// Excel until 2003.
        Xls = "xls",
        /// Excel.
        Xlsx = "xlsx",
        /// JPEG.
        Jpg = "jpg",
        /// JPEG.
        Jpeg = "jpeg",
        /// PNG.
        Png = "png",
    }
}

/// What a type of file is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// PDF.
    Pdf,
    /// The compound files of older office programs.
    Compound,
    /// A zip of XML, as today's office programs write it.
    Packed,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

impl FileType {
    /// What it is made of.
    pub const fn family(self) -> Family {
        match self {
            Self::Pdf => Family::Pdf,
            Self::Doc | Self::Xls => Family::Compound,
            Self::Docx | Self::Odt | Self::Ods | Self::Xlsx => Family::Packed,
            Self::Jpg | Self::Jpeg => Family::Jpeg,
            Self::Png => Family::Png,
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Doc => "application/msword",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Xls => "application/vnd.ms-excel",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Jpg | Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}
