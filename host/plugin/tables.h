#pragma once

#include <memory>
#include <string>

#include <sluice/abi/ext/alter_offsets.h>
#include <sluice/abi/plugin.h>

#include "host/base/error.h"
#include "host/plugin/descriptor.h"
#include "host/plugin/growable.h"

namespace host::plugin {

// The function tables of one connector class, copied into storage of this host's size: what an
// older plugin does not have is a stub, what a newer one has beyond is cut off. No slot is empty.
struct Tables {
  sluice_connector_vtbl object{};
  sluice_sink_task_vtbl sink{};
  sluice_source_task_vtbl source{};
  sluice_alter_offsets_vtbl offsets{}; // of the extension
  // Worth knowing, for what is only done for those that want it.
  bool has_on_delivered = false;
  bool has_commit = false;
  bool has_wake = false;
  bool has_pre_commit = false;
};

struct Negotiated {
  Descriptor descriptor;
  std::unique_ptr<const Tables> tables;
};

// Takes one class of a plugin: its description as data and its tables, or says what is wrong with
// it, naming the class and the slot or key.
Result<Negotiated> negotiate(const sluice_connector_desc *desc, const sluice_plugin &plugin);

// The keys of a class (part of negotiate).
Result<std::vector<KeyDef>> read_config_def(const sluice_config_def *def, const std::string &owner);

} // namespace host::plugin
