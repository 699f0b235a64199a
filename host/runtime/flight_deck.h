#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "host/plugin/source_instance.h"
#include "host/runtime/flight.h"

namespace host::runtime {

// All batches of one source task that are on their way, with the plugin instance that they must be
// given back to. Belongs to the task's thread; when the task ends before its batches, it goes as a
// whole to the producer that still has the records, because their bytes are the plugin's.
class FlightDeck {
public:
  explicit FlightDeck(std::unique_ptr<plugin::SourceInstance> instance);
  // Nothing may be on its way; destroys the plugin's task.
  ~FlightDeck();
  FlightDeck(const FlightDeck &) = delete;
  FlightDeck &operator=(const FlightDeck &) = delete;

  plugin::SourceInstance &instance() { return *instance_; }
  DeliveryPort &port() { return port_; }

  // Takes a batch for sending. Call filled() on the flight when all its records are out.
  Flight &begin(const plugin::SourceBatch &batch);
  // Calls `each` with every flight that has completed since, then gives its batch back.
  void settle(const std::function<void(Flight &)> &each);
  // Gives back the batches whose records have all come back, without a word to anybody.
  void discard_completed();

  std::size_t under_way() const { return under_way_; }

private:
  void give_back(Flight &flight);

  std::unique_ptr<plugin::SourceInstance> instance_;
  DeliveryPort port_;
  std::vector<std::unique_ptr<Flight>> flights_;
  std::vector<Flight *> spare_;
  std::vector<Flight *> completed_;
  std::size_t under_way_ = 0;
};

} // namespace host::runtime
