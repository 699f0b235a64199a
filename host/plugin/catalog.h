#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/plugin/descriptor.h"

namespace host::plugin {

// One connector class and the file that it comes from.
struct CatalogEntry {
  Descriptor descriptor;
  std::string path; // of the shared object, canonical
};

// What was found under plugin.path. Immutable, so that REST threads read it without a lock.
using CatalogEntries = std::vector<CatalogEntry>;

// The connectors that this worker can run. Any thread; the list changes only by being replaced.
class Catalog {
public:
  virtual ~Catalog() = default;
  virtual std::shared_ptr<const CatalogEntries> entries() const = 0;
};

} // namespace host::plugin
