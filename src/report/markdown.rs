//! `report.md`: for reading.
