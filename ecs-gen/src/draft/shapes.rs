//! Finds the objects that hold the same fields under the same rules and gives each such shape one name.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::{Allowed, Field, FieldId, Origin, Shape, ShapeId, pascal_case};

/// Names that would hide something that generated Rust or TypeScript uses.
const RESERVED: &[&str] = &[
    "Array", "Box", "Date", "Default", "Err", "GeoPoint", "None", "Number", "Object", "Ok", "Option", "Range",
    "Record", "Result", "Self", "Some", "String", "Vec",
];

/// Up to this many fields, a shape that unrelated objects share is named after its fields.
const NAMED_BY_FIELDS: usize = 3;

/// Assigns every object its shape; the first shape is the document itself.
pub(super) fn assign_shapes(fields: &mut [Field], root: Root<'_>, allowed: &mut [Allowed]) -> Vec<Shape> {
    let mut groups = Groups::default();
    // Children stand behind their parents, so going backwards every child's shape is known first.
    for index in (0..fields.len()).rev() {
        if fields[index].is_object() {
            let group = groups.add(fields, index);
            fields[index].shape = Some(group);
        }
    }
    groups.into_shapes(fields, root, allowed)
}

/// The document itself.
pub(super) struct Root<'r> {
    /// Name of its shape.
    pub(super) type_name: String,
    /// The top-level fields.
    pub(super) fields: &'r [FieldId],
    pub(super) takes_unknown: bool,
}

/// Objects by shape. Shape ids are provisional (order of discovery) until [`Groups::into_shapes`].
#[derive(Default)]
struct Groups {
    by_hash: HashMap<u64, Vec<ShapeId>>,
    members: Vec<Vec<usize>>,
}

impl Groups {
    fn add(&mut self, fields: &[Field], index: usize) -> ShapeId {
        let mut hasher = DefaultHasher::new();
        fields[index].takes_unknown.hash(&mut hasher);
        for id in &fields[index].children {
            hash_rules(&fields[id.index()], &mut hasher);
        }
        let candidates = self.by_hash.entry(hasher.finish()).or_default();
        for id in candidates.iter() {
            let known = self.members[id.index()][0];
            if fields[known].takes_unknown == fields[index].takes_unknown
                && same_fields(fields, &fields[known].children, &fields[index].children)
            {
                self.members[id.index()].push(index);
                return *id;
            }
        }
        let id = ShapeId(u32::try_from(self.members.len()).expect("a log has fewer than 2^32 shapes"));
        candidates.push(id);
        self.members.push(vec![index]);
        id
    }

    /// Orders the shapes by their first use, names them and puts the final ids into the fields.
    fn into_shapes(mut self, fields: &mut [Field], root: Root<'_>, allowed: &mut [Allowed]) -> Vec<Shape> {
        for members in &mut self.members {
            members.sort_unstable();
        }
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.sort_by_key(|group| self.members[*group][0]);

        let (mut names, type_name) = Names::new(root.type_name, allowed);
        let (of_root, takes_unknown) = (root.fields.to_vec(), root.takes_unknown);
        let mut shapes = vec![Shape { type_name, fields: of_root, takes_unknown, used_at: Vec::new() }];
        // Names that ECS gives go first, so that `Geo` is the field set and not some object that happens to be so called.
        let mut type_names: BTreeMap<usize, String> = BTreeMap::new();
        for group in &order {
            if let Some(name) = shared_fieldset(fields, &self.members[*group]).and_then(|name| names.claim(&name)) {
                type_names.insert(*group, name);
            }
        }
        for group in &order {
            let name = type_names.remove(group).unwrap_or_else(|| names.choose(fields, &self.members[*group]));
            let id = ShapeId(u32::try_from(shapes.len()).expect("a log has fewer than 2^32 shapes"));
            let members = &self.members[*group];
            let used_at = members.iter().map(|index| fields[*index].path.as_str().to_owned()).collect();
            let Field { children, takes_unknown, .. } = &fields[members[0]];
            shapes.push(Shape { type_name: name, fields: children.clone(), takes_unknown: *takes_unknown, used_at });
            for index in members {
                fields[*index].shape = Some(id);
            }
        }
        shapes
    }
}

/// Everything of a field that its struct field or its rule depends on, but for its description and its place.
fn hash_rules(field: &Field, hasher: &mut DefaultHasher) {
    (field.name(), field.field_type, field.is_array, field.required, field.allowed, &field.pattern, field.shape)
        .hash(hasher);
}

fn same_fields(fields: &[Field], left: &[FieldId], right: &[FieldId]) -> bool {
    let same = |left: &Field, right: &Field| {
        left.name() == right.name()
            && left.field_type == right.field_type
            && left.is_array == right.is_array
            && left.required == right.required
            && left.allowed == right.allowed
            && left.pattern == right.pattern
            && left.shape == right.shape
            && left.parameters == right.parameters
    };
    left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(&fields[l.index()], &fields[r.index()]))
}

/// The ECS field set that all members are reused from.
fn shared_fieldset(fields: &[Field], members: &[usize]) -> Option<String> {
    let original = |index: &usize| {
        let field = &fields[*index];
        // The object itself is rarely declared; its fields say which set they come from.
        let child = field.children.first().map(|id| &fields[id.index()])?;
        match (&field.origin, &child.origin) {
            (
                _,
                Origin::Ecs { original_fieldset: Some(set) } | Origin::Extension { original_fieldset: Some(set), .. },
            ) => Some(set.clone()),
            _ => None,
        }
    };
    let set = original(members.first()?)?;
    let whole = |index: &usize| original(index).as_ref() == Some(&set) && fields[*index].name() == set;
    members.iter().all(whole).then(|| pascal_case(&set))
}

struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// Names the document and the lists of allowed values; what is left is for the shapes.
    fn new(root: String, allowed: &mut [Allowed]) -> (Self, String) {
        let mut names = Self { taken: RESERVED.iter().map(|name| (*name).to_owned()).collect() };
        let root = names.claim_or_extend(root, "Log");
        for list in allowed {
            list.type_name = names.claim_or_extend(std::mem::take(&mut list.type_name), "Value");
        }
        (names, root)
    }

    /// The name, when it is free and can be one.
    fn claim(&mut self, name: &str) -> Option<String> {
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
        (is_name && self.taken.insert(name.to_owned())).then(|| name.to_owned())
    }

    /// The name, or the first free one with the ending as often as it takes.
    fn claim_or_extend(&mut self, mut name: String, ending: &str) -> String {
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name.insert_str(0, ending);
        }
        loop {
            if let Some(name) = self.claim(&name) {
                return name;
            }
            name.push_str(ending);
        }
    }

    /// A group of one is named after its path; a group of namesakes after the name; others after their fields.
    fn choose(&mut self, fields: &[Field], members: &[usize]) -> String {
        let shortest = members.iter().map(|index| fields[*index].path.as_str()).min_by_key(|path| (path.len(), *path));
        let by_path = pascal_case(shortest.unwrap_or_default());
        let first = &fields[members[0]];
        let namesakes = members.iter().all(|index| fields[*index].name() == first.name());
        let by_name = (members.len() > 1 && namesakes).then(|| pascal_case(first.name()));
        let by_fields = (members.len() > 1 && !namesakes && first.children.len() <= NAMED_BY_FIELDS).then(|| {
            let names = first.children.iter().map(|id| pascal_case(fields[id.index()].name()));
            names.collect::<Vec<_>>().join("And")
        });
        for name in [by_name, by_fields, Some(by_path.clone())].into_iter().flatten() {
            if let Some(name) = self.claim(&name) {
                return name;
            }
        }
        self.claim_or_extend(by_path, "Object")
    }
}
