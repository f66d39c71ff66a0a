//! The strings that a drawing shows, without its fonts: a byte a character, in lines as they are set.

use pdf_extract::Object;
use pdf_extract::content::Operation;

use super::{decoded, operations};

/// Two strings stand on one line when their lines are no farther apart, or than half of the height of a letter.
const SAME_LINE: f32 = 0.5;
/// How much the directions of two lines differ at most.
const SAME_DIRECTION: f32 = 0.1;

#[derive(Clone, Copy, Debug)]
struct Step {
    right: f32,
    up: f32,
}

impl Step {
    fn and(self, other: Self) -> Self {
        Self { right: self.right + other.right, up: self.up + other.up }
    }

    fn times(self, count: f32) -> Self {
        Self { right: self.right * count, up: self.up * count }
    }

    fn length(self) -> f32 {
        self.right.hypot(self.up)
    }
}

/// A map of the plane (ISO 32000-1, 8.3.4): what becomes of a step across and of a step up, and where the corner goes.
#[derive(Clone, Copy, Debug)]
struct Map {
    across: Step,
    up: Step,
    corner: Step,
}

impl Map {
    const SAME: Self = Self::moved(0.0, 0.0);

    const fn moved(right: f32, up: f32) -> Self {
        Self { across: Step { right: 1.0, up: 0.0 }, up: Step { right: 0.0, up: 1.0 }, corner: Step { right, up } }
    }

    fn of(numbers: &[f32]) -> Option<Self> {
        let [across, up, corner] = <[[f32; 2]; 3]>::try_from(numbers.as_chunks().0).ok()?.map(|[right, up]| Step { right, up });
        Some(Self { across, up, corner })
    }

    /// First this one, then the other.
    fn then(self, other: Self) -> Self {
        let step = |step: Step| other.across.times(step.right).and(other.up.times(step.up));
        Self { across: step(self.across), up: step(self.up), corner: step(self.corner).and(other.corner) }
    }

    /// The line that begins here, for letters of this size.
    fn line(self, size: f32) -> Line {
        let direction = self.across.times(1.0 / self.across.length().max(f32::MIN_POSITIVE));
        let offset = self.corner.up * direction.right - self.corner.right * direction.up;
        Line { direction, offset, height: size.abs() * self.up.length() }
    }
}

/// Where a line runs: its direction, how far it is from the corner, and how high its letters are.
#[derive(Clone, Copy, Debug)]
struct Line {
    direction: Step,
    offset: f32,
    height: f32,
}

impl Line {
    fn goes_on_in(&self, other: &Self) -> bool {
        let turned = self.direction.and(other.direction.times(-1.0)).length();
        turned <= SAME_DIRECTION && (self.offset - other.offset).abs() <= SAME_LINE.max(self.height.max(other.height) / 2.0)
    }
}

/// Where a drawing is about to show something.
struct Pen {
    page: Map,
    kept: Vec<Map>,
    line: Map,
    leading: f32,
    size: f32,
}

impl Pen {
    /// Moves as an operator says that shows nothing, or moves before it shows.
    fn moves(&mut self, operation: &Operation) {
        let numbers: Vec<f32> = operation.operands.iter().filter_map(|one| one.as_float().ok()).collect();
        match (operation.operator.as_str(), numbers.as_slice()) {
            ("q", _) => self.kept.push(self.page),
            ("Q", _) => self.page = self.kept.pop().unwrap_or(self.page),
            ("cm", map) => self.page = Map::of(map).map_or(self.page, |map| map.then(self.page)),
            ("BT", _) => self.line = Map::SAME,
            ("Tm", map) => self.line = Map::of(map).unwrap_or(self.line),
            ("Tf", [size]) => self.size = *size,
            ("TL", [leading]) => self.leading = *leading,
            ("Td", [right, up]) => self.line = Map::moved(*right, *up).then(self.line),
            ("TD", [right, up]) => {
                self.leading = -up;
                self.line = Map::moved(*right, *up).then(self.line);
            }
            ("T*" | "'" | "\"", _) => self.line = Map::moved(0.0, -self.leading).then(self.line),
            _ => {}
        }
    }
}

/// What is shown: what one operator shows stands together, what stands on one line is parted by spaces. A table of numbers would be one
/// long number otherwise, and some of those are what is looked for.
pub fn shown_by(content: &[u8]) -> String {
    let mut pen = Pen { page: Map::SAME, kept: vec![], line: Map::SAME, leading: 0.0, size: 0.0 };
    let (mut text, mut last) = (String::new(), None::<Line>);
    for operation in operations(content) {
        pen.moves(&operation);
        if !matches!(operation.operator.as_str(), "Tj" | "TJ" | "'" | "\"") {
            continue;
        }
        let line = pen.line.then(pen.page).line(pen.size);
        let goes_on = last.is_some_and(|last| last.goes_on_in(&line));
        text.push(if goes_on { ' ' } else { '\n' });
        text.extend(operation.operands.iter().map(said));
        last = Some(line);
    }
    text
}

fn said(shown: &Object) -> String {
    match shown {
        Object::String(string, _) => decoded(string),
        Object::Array(items) => items.iter().map(said).collect(),
        _ => String::new(),
    }
}
