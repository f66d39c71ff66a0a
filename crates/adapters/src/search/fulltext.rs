//! The index of words, kept by tantivy in memory: for each word the slots of the services that hold it. Nothing is stored, no
//! positions, no frequencies: the order does not depend on them.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term};

use super::stem::{DocumentTerms, Terms};

/// Bytes that each thread of the first build gathers before it writes a segment.
const BUILD_BUDGET: usize = 48 << 20;
/// The same for the one thread that takes changes over.
const CHANGE_BUDGET: usize = 16 << 20;
/// Segments of more services are not merged with others, so that a merge is never long.
const LARGEST_MERGED: usize = 50_000;

/// The fields of one text.
#[derive(Clone, Copy, Debug)]
pub struct TextFields {
    pub words: Field,
    pub stems: Field,
}

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    slot: Field,
    pub name: TextFields,
    pub note: TextFields,
    pub text: TextFields,
}

/// A moment of the index: its segments, and for each the slots of its documents.
#[derive(Clone)]
pub struct Texts {
    pub searcher: Searcher,
    pub slots: Vec<Arc<[u32]>>,
    pub fields: Fields,
}

/// The index and who writes it.
pub struct Fulltext {
    index: Index,
    reader: IndexReader,
    writer: IndexWriter,
    fields: Fields,
    known: HashMap<tantivy::index::SegmentId, Arc<[u32]>>,
}

impl Fulltext {
    /// An empty index, to be filled by several threads.
    pub fn new(threads: usize) -> Result<Self, TantivyError> {
        let mut schema = Schema::builder();
        let indexing =
            TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(IndexRecordOption::Basic).set_fieldnorms(false);
        let options = TextOptions::default().set_indexing_options(indexing);
        let mut text = |words: &str, stems: &str| TextFields {
            words: schema.add_text_field(words, options.clone()),
            stems: schema.add_text_field(stems, options.clone()),
        };
        let (name, note, body) = (text("name", "name_stems"), text("note", "note_stems"), text("text", "text_stems"));
        let fields = Fields { slot: schema.add_u64_field("slot", FAST | INDEXED), name, note, text: body };
        let index = Index::create(tantivy::directory::RamDirectory::create(), schema.build(), IndexSettings::default())?;
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads.max(1))
            .memory_budget_per_thread(BUILD_BUDGET)
            .num_merge_threads(1)
            .build();
        let writer = index.writer_with_options(options)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { index, reader, writer, fields, known: HashMap::new() })
    }

    /// Ends the first build: from here on one thread takes changes over, and small segments are merged.
    pub fn settle(self) -> Result<Self, TantivyError> {
        let Self { index, reader, mut writer, fields, known } = self;
        writer.commit()?;
        writer.wait_merging_threads()?;
        let options =
            IndexWriterOptions::builder().num_worker_threads(1).memory_budget_per_thread(CHANGE_BUDGET).num_merge_threads(1).build();
        let writer: IndexWriter = index.writer_with_options(options)?;
        let mut merging = LogMergePolicy::default();
        merging.set_max_docs_before_merge(LARGEST_MERGED);
        merging.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(merging));
        Ok(Self { index, reader, writer, fields, known })
    }

    /// Puts the words of a service, instead of those that its slot had.
    pub fn put(&self, slot: u32, terms: DocumentTerms, known: bool) -> Result<(), TantivyError> {
        if known {
            self.remove(slot);
        }
        let mut document = TantivyDocument::new();
        document.add_u64(self.fields.slot, u64::from(slot));
        let mut add = |fields: TextFields, terms: Terms| {
            if !terms.words.is_empty() {
                document.add_text(fields.words, terms.words);
                document.add_text(fields.stems, terms.stems);
            }
        };
        add(self.fields.name, terms.name);
        add(self.fields.note, terms.note);
        add(self.fields.text, terms.text);
        self.writer.add_document(document).map(|_| ())
    }

    /// Takes the words of a slot out.
    pub fn remove(&self, slot: u32) {
        self.writer.delete_term(Term::from_field_u64(self.fields.slot, u64::from(slot)));
    }

    /// Makes what was put and removed visible.
    pub fn commit(&mut self) -> Result<Texts, TantivyError> {
        self.writer.commit()?;
        self.reader.reload()?;
        let searcher = self.reader.searcher();
        let mut known = HashMap::new();
        let mut slots = Vec::new();
        for segment in searcher.segment_readers() {
            let id = segment.segment_id();
            let column = if let Some(column) = self.known.get(&id) {
                Arc::clone(column)
            } else {
                let values = segment.fast_fields().u64("slot")?.first_or_default_col(u64::MAX);
                (0..segment.max_doc()).map(|doc| u32::try_from(values.get_val(doc)).unwrap_or(u32::MAX)).collect()
            };
            known.insert(id, Arc::clone(&column));
            slots.push(column);
        }
        self.known = known;
        Ok(Texts { searcher, slots, fields: self.fields })
    }
}
