package dev.longtake.stitcher;

import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.Topics;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.config.Role;
import dev.longtake.platform.queue.JobHandler.Verdict;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.queue.ShareSlot;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.stitcher.hls.FragmentReader;
import dev.longtake.stitcher.hls.Fragments;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the stitcher where its role is on. */
@ApplicationScoped
public class StitcherService {
    private static final Logger LOG = LoggerFactory.getLogger(StitcherService.class);

    private final PlatformConfig platform;
    private final StitcherConfig config;
    private final ObjectStore store;
    private final Publisher publisher;
    private final Clock clock;
    private final List<ShareSlot<AssemblyJob>> slots = new ArrayList<>();
    private FragmentReader published;

    @Inject
    public StitcherService(PlatformConfig platform, StitcherConfig config, ObjectStore store, Publisher publisher, Clock clock) {
        this.platform = platform;
        this.config = config;
        this.store = store;
        this.publisher = publisher;
        this.clock = clock;
    }

    /** Starts if the role is on. */
    public synchronized void start() {
        if (!platform.plays(Role.STITCHER) || published != null) {
            return;
        }
        Path scratch = config.scratch().orElse(Path.of(System.getProperty("java.io.tmpdir"), "longtake-stitcher-" + System.getProperty("user.name")));
        Fragments fragments = new Fragments(store);
        published = new FragmentReader(platform.kafka().bootstrap(), fragments, config.fragments().threads(), config.fragments().session());
        published.start();
        Assembler assembler = new Assembler(store, clock, scratch, fragments, config.contactSheetScenes(), config.contactSheetFrames());
        for (int i = 0; i < config.slots(); i++) {
            ShareSlot<AssemblyJob> slot = new ShareSlot<>(
                    new ShareSlot.Settings(platform.kafka().bootstrap(), "stitcher-" + i, List.of(Topics.ASSEMBLY_JOBS), platform.kafka().jobLock()),
                    AssemblyJob.class, (job, deliveries) -> handle(assembler, job), publisher);
            slot.start();
            slots.add(slot);
        }
    }

    private Verdict handle(Assembler assembler, AssemblyJob job) {
        if (job.deadline().isBefore(clock.instant())) {
            // The scheduler has handed it out again by now.
            return Verdict.ACCEPT;
        }
        try {
            AssemblyReport report = assembler.assemble(job);
            if (report instanceof AssemblyReport.Failed && Thread.currentThread().isInterrupted()) {
                // This process is being stopped; that says nothing about the film, and the next stitcher joins it.
                return Verdict.RELEASE;
            }
            publisher.send(Topics.ASSEMBLY_REPORTS, job.film().tenant(), report);
            return Verdict.ACCEPT;
        } catch (QueueUnavailableException e) {
            LOG.warn("the report on {} did not arrive; it is assembled again: {}", job.film(), e.getMessage());
            return Verdict.RELEASE;
        }
    }

    @PreDestroy
    public synchronized void stop() {
        slots.forEach(ShareSlot::close);
        slots.clear();
        if (published != null) {
            published.close();
            published = null;
        }
    }
}
