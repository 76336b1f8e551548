use std::fmt::{self, Display};
extern crate serde;

pub const LIMIT: usize = 10;
static NAME: &str = "shapes";

pub trait Area {
    type Unit;
    fn area(&self) -> f64;
    fn twice(&self) -> f64 { 2.0 * self.area() }
}

#[derive(Debug)]
pub struct Circle<T> {
    radius: T,
}

pub enum Shape { Round(Circle<f64>), None }

type Result<T> = std::result::Result<T, fmt::Error>;

impl<T> Circle<T> {
    pub fn new(radius: T) -> Self {
        Circle { radius }
    }
}

impl Area for Circle<f64> {
    type Unit = f64;
    fn area(&self) -> f64 { self.radius * self.radius }
}

macro_rules! square { ($x:expr) => { $x * $x }; }

mod tests {
    #[test]
    fn area_is_positive() { assert!(super::LIMIT > 0); }
}
