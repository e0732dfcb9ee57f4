//! Shapes, and the template that writes them.

use askama::Template;

/// How pictures look: in the page once, in files of their own in each.
pub(in crate::report) const STYLE: &str = include_str!("drawing.css");

/// Characters of a name in a picture.
const NAME: usize = 30;

/// A picture.
#[derive(Template)]
#[template(path = "svg/drawing.svg")]
pub(in crate::report) struct Drawing {
    /// What tells its parts from those of other pictures in the page.
    id: String,
    title: String,
    description: String,
    width: i64,
    height: i64,
    shapes: Vec<Shape>,
    alone: bool,
    style: &'static str,
}

/// What a picture is made of.
pub(super) enum Shape {
    /// A box; `tip` is shown where the pointer rests.
    Rect { x: i64, y: i64, width: i64, height: i64, class: &'static str, tip: String },
    /// A line of text.
    Text { x: i64, y: i64, class: &'static str, text: String },
    /// A line of text that rises.
    Turned { x: i64, y: i64, text: String },
    /// A line.
    Path { d: String, class: &'static str, tip: String },
}

impl Drawing {
    /// An empty picture with its texts for those who do not see it.
    pub(super) fn new(id: impl Into<String>, title: String, description: String, width: i64) -> Self {
        Self {
            id: id.into(),
            title,
            description,
            width,
            height: 0,
            shapes: Vec::new(),
            alone: false,
            style: STYLE,
        }
    }

    /// How high it is.
    pub(super) fn height(mut self, height: i64) -> Self {
        self.height = height;
        self
    }

    pub(super) fn rect(
        &mut self,
        (x, y): (i64, i64),
        (width, height): (i64, i64),
        class: &'static str,
        tip: impl Into<String>,
    ) {
        self.shapes.push(Shape::Rect { x, y, width, height, class, tip: tip.into() });
    }

    pub(super) fn text(&mut self, (x, y): (i64, i64), class: &'static str, text: impl Into<String>) {
        self.shapes.push(Shape::Text { x, y, class, text: text.into() });
    }

    pub(super) fn turned(&mut self, (x, y): (i64, i64), text: impl Into<String>) {
        self.shapes.push(Shape::Turned { x, y, text: text.into() });
    }

    /// A place in the order of shapes: what is drawn from now on lies over what is put there.
    pub(super) fn mark(&self) -> usize {
        self.shapes.len()
    }

    /// A line below all that was drawn since the mark.
    pub(super) fn path_below(&mut self, mark: usize, d: String, class: &'static str) {
        self.shapes.insert(mark, Shape::Path { d, class, tip: String::new() });
    }

    pub(super) fn path(&mut self, d: String, class: &'static str, tip: impl Into<String>) {
        self.shapes.push(Shape::Path { d, class, tip: tip.into() });
    }

    /// For the page, which has the style.
    pub(in crate::report) fn inline(&self) -> String {
        // Writing into a text does not fail.
        self.render().unwrap_or_default()
    }

    /// As a file of its own.
    pub(in crate::report) fn alone(mut self) -> String {
        self.alone = true;
        self.render().unwrap_or_default()
    }
}

/// `part` of `whole` as a part of `length`.
pub(super) fn scaled(part: u64, whole: u64, length: i64) -> i64 {
    let length = u128::try_from(length).unwrap_or_default();
    let scaled = u128::from(part) * length / u128::from(whole.max(1));
    i64::try_from(scaled).unwrap_or(i64::MAX)
}

/// A length for `count` things of `each`.
pub(super) fn times(count: usize, each: i64) -> i64 {
    i64::try_from(count).unwrap_or_default().saturating_mul(each)
}

/// A name that fits.
pub(super) fn short(name: &str) -> String {
    if name.chars().count() <= NAME {
        name.to_owned()
    } else {
        name.chars().take(NAME - 1).chain(['…']).collect()
    }
}

/// The first name, and how many more there are.
pub(super) fn first_of(names: &[String]) -> String {
    let first = names.first().map_or_else(String::new, |name| short(name));
    if names.len() > 1 { format!("{first} +{}", names.len() - 1) } else { first }
}
