package dev.longtake.bench.simulator;

import dev.longtake.bench.simulator.farm.Agenda;
import dev.longtake.bench.simulator.farm.SimulatedStore;
import dev.longtake.bench.simulator.farm.Tampering;
import dev.longtake.bench.simulator.farm.Thing;
import dev.longtake.bench.simulator.faults.Faults;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.SegmentJob;
import dev.longtake.scheduler.stage.StateMap;
import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import dev.longtake.scheduler.stage.film.FilmEffect;
import dev.longtake.scheduler.stage.film.FilmStore;
import dev.longtake.scheduler.stage.film.SegmentRecord;
import dev.longtake.scheduler.stage.film.StoredAttempt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntBinaryOperator;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Farms that are broken on purpose, one for each audit. */
final class Mutations {
    private Mutations() {}

    /** By the audit that must find each. */
    static Map<String, Supplier<Tampering>> all() {
        Map<String, Supplier<Tampering>> all = new LinkedHashMap<>();
        all.put("every-film-ends", Mutations::neverJoins);
        all.put("one-accepted-attempt", Mutations::mixesUpSegments);
        all.put("parents-tail", Mutations::rendersFromNothing);
        all.put("planned-frames", Mutations::joinsTooFew);
        all.put("nothing-missing", Mutations::losesFilms);
        all.put("complete-before-accepted", Mutations::reportsEarly);
        all.put("never-changed", Mutations::overwrites);
        all.put("clip-once", Mutations::replacesClips);
        all.put("tenants-apart", Mutations::mixesUpTenants);
        all.put("quota", () -> limits(l -> limits(l, OptionalInt.empty(), l.weights())));
        all.put("bounded-waiting", () -> limits(l -> limits(l, l.tenantJobs(), Map.of("tenant0", 50.0))));
        all.put("counted-once", Mutations::countsTwice);
        all.put("few-deaths", () -> limits(l -> new DispatchLimits(l.jobDeadline(), l.pickupPatience(), l.workerTimeout(), l.benchAfter(), l.benchPause(), 1_000, l.tenantJobs(), l.weights())));
        all.put("nothing-left-out", Mutations::keepsTimers);
        all.put("held-is-there", Mutations::countsOneHold);
        all.put("holds-add-up", Mutations::neverLetsGo);
        all.put("gone-is-gone", Mutations::removesNothing);
        all.put("replay-equality", Mutations::forgets);
        all.put(Simulation.DECIDED, Mutations::fails);
        return all;
    }

    /** A state map that is another underneath. */
    private static class Wrapped implements StateMap {
        private final StateMap honest;

        Wrapped(StateMap honest) {
            this.honest = honest;
        }

        @Override
        public <T> Optional<T> get(String key, Class<T> type) {
            return honest.get(key, type);
        }

        @Override
        public void put(String key, Object value) {
            honest.put(key, value);
        }

        @Override
        public void delete(String key) {
            honest.delete(key);
        }

        @Override
        public <T> List<T> range(String prefix, Class<T> type) {
            return honest.range(prefix, type);
        }
    }

    private static Tampering films(UnaryOperator<StateMap> state) {
        return new Tampering() {
            @Override
            protected StateMap filmState(StateMap honest) {
                return state.apply(honest);
            }
        };
    }

    private static Tampering limits(UnaryOperator<DispatchLimits> change) {
        return new Tampering() {
            @Override
            protected DispatchLimits dispatchLimits(DispatchLimits honest) {
                return change.apply(honest);
            }
        };
    }

    private static DispatchLimits limits(DispatchLimits l, OptionalInt quota, Map<String, Double> weights) {
        return new DispatchLimits(l.jobDeadline(), l.pickupPatience(), l.workerTimeout(), l.benchAfter(), l.benchPause(), l.deadlyWorkers(), quota, weights);
    }

    private static Tampering neverJoins() {
        return new Tampering() {
            @Override
            protected List<FilmEffect> told(FilmEffect effect) {
                return effect instanceof FilmEffect.Assemble ? List.of() : List.of(effect);
            }
        };
    }

    private static Lineage mixed(Lineage l) {
        if (l.segments().size() < 2) {
            return l;
        }
        List<Lineage.Entry> entries = new ArrayList<>(l.segments());
        Lineage.Entry a = entries.get(0);
        Lineage.Entry b = entries.get(1);
        entries.set(0, new Lineage.Entry(a.index(), a.scene(), b.attempt(), a.parent(), a.seed(), b.frames(), a.prompt(), b.worker(), b.clipDigest(), b.reused()));
        entries.set(1, new Lineage.Entry(b.index(), b.scene(), a.attempt(), b.parent(), b.seed(), a.frames(), b.prompt(), a.worker(), a.clipDigest(), a.reused()));
        return new Lineage(l.version(), l.film(), l.title(), l.model(), l.bundle(), l.width(), l.height(), l.fps(), l.frames(), entries);
    }

    private static Tampering mixesUpSegments() {
        return new Tampering() {
            @Override
            protected List<FilmEffect> told(FilmEffect effect) {
                return List.of(effect instanceof FilmEffect.Assemble a ? new FilmEffect.Assemble(a.film(), a.assembly(), mixed(a.lineage()), a.deadline()) : effect);
            }

            @Override
            protected SimulatedStore store(Agenda agenda, Faults faults) {
                return new SimulatedStore(agenda, faults) {
                    @Override
                    protected void put(String key, Thing thing) throws AwayException {
                        super.put(key, thing instanceof Thing.Joined j ? new Thing.Joined(mixed(j.lineage())) : thing);
                    }
                };
            }
        };
    }

    private static Tampering rendersFromNothing() {
        return new Tampering() {
            @Override
            protected Optional<AttemptRef> parent(SegmentJob job, Optional<AttemptRef> honest) {
                return Optional.empty();
            }
        };
    }

    private static Tampering joinsTooFew() {
        return new Tampering() {
            @Override
            protected List<Thing.Clip> joined(List<Thing.Clip> clips) {
                return clips.subList(0, clips.size() - 1);
            }
        };
    }

    static Tampering losesFilms() {
        return new Tampering() {
            @Override
            protected SimulatedStore store(Agenda agenda, Faults faults) {
                return new SimulatedStore(agenda, faults) {
                    @Override
                    protected void put(String key, Thing thing) throws AwayException {
                        super.put(key, thing);
                        if (thing instanceof Thing.Film) {
                            remove(key);
                        }
                    }
                };
            }
        };
    }

    private static Tampering reportsEarly() {
        return new Tampering() {
            @Override
            protected boolean reportsEarly() {
                return true;
            }
        };
    }

    private static Tampering overwrites() {
        return new Tampering() {
            @Override
            protected SimulatedStore store(Agenda agenda, Faults faults) {
                return new SimulatedStore(agenda, faults) {
                    @Override
                    protected Thing putIfAbsent(String key, Thing thing) throws AwayException {
                        put(key, thing);
                        return thing;
                    }
                };
            }
        };
    }

    private static Tampering replacesClips() {
        return new Tampering() {
            @Override
            protected boolean replacesClips() {
                return true;
            }
        };
    }

    private static Tampering mixesUpTenants() {
        return films(honest -> new Wrapped(honest) {
            private String shared(String key) {
                return key.startsWith("stored/") ? key.replaceFirst("stored/[^/]*/", "stored/everybody/") : key;
            }

            @Override
            public <T> Optional<T> get(String key, Class<T> type) {
                return super.get(shared(key), type);
            }

            @Override
            public void put(String key, Object value) {
                super.put(shared(key), value);
            }
        });
    }

    private static Tampering countsTwice() {
        return films(honest -> new Wrapped(honest) {
            @Override
            public void put(String key, Object value) {
                Object counted = value;
                if (value instanceof SegmentRecord s && s.tries() > get(key, SegmentRecord.class).map(SegmentRecord::tries).orElse(0)) {
                    counted = new SegmentRecord(s.film(), s.index(), s.key(), s.state(), s.attempts(), s.made(), s.tries() + 1, s.accepted(), s.parent(), s.worker(), s.newFrom(), s.reused(), s.clip());
                }
                super.put(key, counted);
            }
        });
    }

    /** An attempt goes with the first film that is let go of, whoever else is it. */
    private static Tampering countsOneHold() {
        return holds((before, now) -> 1);
    }

    private static Tampering neverLetsGo() {
        return holds(Math::max);
    }

    private static Tampering holds(IntBinaryOperator counts) {
        return films(honest -> new Wrapped(honest) {
            @Override
            public void put(String key, Object value) {
                if (value instanceof FilmStore.Stored stored) {
                    List<StoredAttempt> before = get(key, FilmStore.Stored.class).map(FilmStore.Stored::attempts).orElse(List.of());
                    super.put(key, new FilmStore.Stored(stored.attempts().stream().map(s -> {
                        int held = before.stream().filter(b -> b.attempt().equals(s.attempt())).mapToInt(StoredAttempt::held).findFirst().orElse(1);
                        return new StoredAttempt(s.attempt(), s.parent(), s.worker(), s.newFrom(), s.accepted(), s.clipDigest(), Optional.of(counts.applyAsInt(held, s.held())), s.waiting());
                    }).toList()));
                } else {
                    super.put(key, value);
                }
            }
        });
    }

    private static Tampering removesNothing() {
        return new Tampering() {
            @Override
            protected boolean removes() {
                return false;
            }
        };
    }

    /** A janitor that takes the first word for the last. */
    static Tampering waitsForNobody() {
        return new Tampering() {
            @Override
            protected int grace(int honest) {
                return 0;
            }
        };
    }

    private static Tampering keepsTimers() {
        return films(honest -> new Wrapped(honest) {
            @Override
            public void delete(String key) {
                if (!key.startsWith("timer/")) {
                    super.delete(key);
                }
            }
        });
    }

    private static Tampering forgets() {
        return films(honest -> new Wrapped(honest) {
            private int stored;

            @Override
            public void put(String key, Object value) {
                if (!key.startsWith("stored/") || stored++ % 10 != 0) {
                    super.put(key, value);
                }
            }
        });
    }

    private static Tampering fails() {
        return films(honest -> new Wrapped(honest) {
            private int puts;

            @Override
            public void put(String key, Object value) {
                if (puts++ > 100) {
                    throw new IllegalStateException("no decision");
                }
                super.put(key, value);
            }
        });
    }
}
