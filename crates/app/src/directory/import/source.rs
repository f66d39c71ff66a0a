//! Where the bytes of a feed come from: a file, packed or not, or the parts of an upload.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use relais_domain::shared::ids::ImportId;
use relais_persistence::Db;
use relais_persistence::directory::import;
use relais_persistence::directory::view::Upload;

use super::feed::{Element, Feed, Mark};
use super::upload::PART;
use crate::Refusal;

/// How much is read of a file at once.
const PIECE: usize = 64 * 1024;
/// The first two bytes of a gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file that counts what is read of it.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// Where bytes come from.
enum Source {
    File { reader: Box<dyn Read + Send>, read: Arc<AtomicU64> },
    Upload { db: Db, import: ImportId, name: String, next: i32, skip: usize },
}

/// A feed with its bytes.
pub(super) struct Reader {
    feed: Feed,
    source: Source,
    size: u64,
    buffer: Vec<u8>,
    at: usize,
    cut: bool,
}

pub(in crate::directory) fn unreadable(error: io::Error) -> Refusal {
    tracing::warn!(%error, "a file of the feed cannot be read");
    Refusal::BadRequest("file_unreadable")
}

impl Reader {
    /// A file on this machine; one that is packed by gzip is unpacked on the way.
    pub(super) fn file(path: &Path) -> Result<Self, Refusal> {
        let open = |path| -> io::Result<_> {
            let file = File::open(path)?;
            Ok((file.metadata()?.len(), file))
        };
        let (size, file) = open(path).map_err(unreadable)?;
        let read = Arc::new(AtomicU64::new(0));
        let mut counted = BufReader::new(Counted { file, read: Arc::clone(&read) });
        let head = io::BufRead::fill_buf(&mut counted).map_err(unreadable)?;
        let reader: Box<dyn Read + Send> = if head.starts_with(&GZIP) { Box::new(MultiGzDecoder::new(counted)) } else { Box::new(counted) };
        Ok(Self::of(Source::File { reader, read }, size, Mark::default()))
    }

    /// An upload, from a place on.
    pub(super) fn upload(db: &Db, import: ImportId, upload: &Upload, mark: Mark) -> Self {
        let part = PART as u64;
        let next = i32::try_from(mark.bytes / part).unwrap_or(i32::MAX);
        let skip = usize::try_from(mark.bytes % part).unwrap_or(0);
        let source = Source::Upload { db: db.clone(), import, name: upload.name.clone(), next, skip };
        Self::of(source, upload.bytes, mark)
    }

    const fn of(source: Source, size: u64, mark: Mark) -> Self {
        Self { feed: Feed::at(mark), source, size, buffer: Vec::new(), at: 0, cut: false }
    }

    /// How much of the file was read, and its size.
    pub(super) fn progress(&self) -> (u64, u64) {
        let read = match &self.source {
            Source::File { read, .. } => read.load(Ordering::Relaxed),
            Source::Upload { .. } => self.feed.mark().bytes,
        };
        (read, self.size)
    }

    /// The place after the last record.
    pub(super) const fn mark(&self) -> Mark {
        self.feed.mark()
    }

    /// The next record.
    ///
    /// # Errors
    /// `file_unreadable` (400), `busy` (503).
    pub(super) async fn next(&mut self) -> Result<Element, Refusal> {
        loop {
            if self.at >= self.buffer.len() && !self.fill().await? {
                return Ok(self.feed.finish(self.cut));
            }
            let (taken, element) = self.feed.take(self.buffer.get(self.at..).unwrap_or_default());
            self.at += taken;
            if let Some(element) = element {
                return Ok(element);
            }
        }
    }

    /// More bytes; false when there are none.
    async fn fill(&mut self) -> Result<bool, Refusal> {
        self.at = 0;
        match &mut self.source {
            Source::File { reader, .. } => {
                self.buffer.resize(PIECE, 0);
                let length = match reader.read(&mut self.buffer) {
                    Ok(length) => length,
                    // A packed file that breaks off, or whose check sum is wrong.
                    Err(error)
                        if matches!(
                            error.kind(),
                            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
                        ) =>
                    {
                        self.cut = true;
                        0
                    }
                    Err(error) => return Err(unreadable(error)),
                };
                self.buffer.truncate(length);
            }
            Source::Upload { db, import, name, next, skip } => {
                self.buffer = import::part(db, *import, name, *next).await?.unwrap_or_default();
                *next += 1;
                self.at = std::mem::take(skip).min(self.buffer.len());
            }
        }
        Ok(self.at < self.buffer.len())
    }
}
