/** A toy as this door shows it. */
export function presentToy({ id, name }: { id: string; name: string }) {
  return { id, label: name.toUpperCase() }
}
