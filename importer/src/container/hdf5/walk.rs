//! A walk through all groups of a file.

use std::collections::BTreeMap;

use hdf5_reader::{Attribute, Dataset, Hdf5File, group::Group};

use super::{Attributes, broken};
use crate::error::ImportError;

/// Groups in groups, and objects, that are believed. Keras nests a model in a model in a model.
const MAX_DEPTH: usize = 16;
const MAX_OBJECTS: usize = 20_000;

/// What a file holds, by path.
pub(super) struct Found {
    pub(super) datasets: Vec<(String, Dataset)>,
    pub(super) groups: BTreeMap<String, Attributes>,
}

/// Finds every dataset and the attributes of every group.
pub(super) fn walk(file: &Hdf5File) -> Result<Found, ImportError> {
    let mut found = Found { datasets: Vec::new(), groups: BTreeMap::new() };
    let root = file.root_group().map_err(broken)?;
    let mut left = vec![(String::new(), root, 0)];
    while let Some((path, group, depth)) = left.pop() {
        if depth > MAX_DEPTH || found.datasets.len() + found.groups.len() + left.len() > MAX_OBJECTS
        {
            return Err(ImportError::malformed("HDF5", "its groups go on without an end"));
        }
        let under = |name: &str| {
            if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
        };
        let (groups, datasets) = group.members().map_err(broken)?;
        found.datasets.extend(datasets.into_iter().map(|one| (under(last(one.name())), one)));
        left.extend(groups.into_iter().map(|one| (under(last(one.name())), one, depth + 1)));
        let attributes = texts(&group)?;
        found.groups.insert(path, attributes);
    }
    Ok(found)
}

/// The attributes of a group that are texts or whole numbers.
fn texts(group: &Group) -> Result<Attributes, ImportError> {
    let attributes = group.attributes().map_err(broken)?;
    Ok(attributes.into_iter().filter_map(|one| Some((one.name.clone(), text(&one)?))).collect())
}

fn text(attribute: &Attribute) -> Option<Vec<String>> {
    if attribute.num_elements().ok()? == 0 {
        return Some(Vec::new());
    }
    let strings =
        attribute.read_strings().or_else(|_| attribute.read_string().map(|one| vec![one]));
    let number = || attribute.read_as_f64().map(|number| vec![number.to_string()]);
    strings.or_else(|_| number()).ok()
}

/// The last part of a path.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
