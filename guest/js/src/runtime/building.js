// Marks the time of the build, in which the modules are loaded and no database can be opened.

globalThis.__wasmysql = { isBuilding: true, collects: false };
