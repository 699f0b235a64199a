#include "host/runtime/flight_deck.h"

#include <cassert>
#include <utility>

namespace host::runtime {

FlightDeck::FlightDeck(std::unique_ptr<plugin::SourceInstance> instance)
    : instance_(std::move(instance)) {}

FlightDeck::~FlightDeck() { assert(under_way_ == 0); }

Flight &FlightDeck::begin(const plugin::SourceBatch &batch) {
  if (spare_.empty()) {
    flights_.push_back(std::make_unique<Flight>(port_));
    spare_.push_back(flights_.back().get());
  }
  Flight &flight = *spare_.back();
  spare_.pop_back();
  ++under_way_;
  flight.begin(batch, instance_->wants_deliveries());
  return flight;
}

void FlightDeck::settle(const std::function<void(Flight &)> &each) {
  if (!port_.has_completed())
    return;
  port_.take_completed(completed_);
  for (Flight *flight : completed_) {
    each(*flight);
    give_back(*flight);
  }
}

void FlightDeck::discard_completed() {
  settle([](Flight &) {});
}

void FlightDeck::give_back(Flight &flight) {
  instance_->release(flight.batch());
  spare_.push_back(&flight);
  --under_way_;
}

} // namespace host::runtime
