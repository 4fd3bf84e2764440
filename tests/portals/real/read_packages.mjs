// Reads every resource of the Data Packages named by its arguments with datapackage-js, and prints a line of JSON each.
// What is told by name ("CSV": a file beside a table, which Frictionless would guess types in) is read as what it names.
import { createRequire } from "node:module";
import { dirname } from "node:path";
const { Package, Resource } = createRequire(`${process.env.READERS}/`)("datapackage");

for (const path of process.argv.slice(2)) {
  const found = await Package.load(path);
  const told = { path, valid: found.valid, errors: found.errors.map(String), rows: {}, files: 0, failed: [] };
  for (const listed of found.resources) {
    const named = listed.descriptor.format === "CSV";
    const options = { basePath: dirname(path) };
    const resource = named ? await Resource.load({ ...listed.descriptor, format: "csv" }, options) : listed;
    try {
      if (resource.tabular) {
        const rows = await resource.read({ keyed: true });
        told.rows[resource.descriptor.path] = [rows.length, resource.descriptor.rows ?? resource.descriptor.row_count];
      } else {
        await resource.rawRead();
        told.files += 1;
      }
    } catch (error) {
      told.failed.push(`${resource.descriptor.path}: ${error.message}`);
    }
  }
  console.log(JSON.stringify(told));
}
