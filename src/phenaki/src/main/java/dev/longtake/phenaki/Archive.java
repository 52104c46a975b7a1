package dev.longtake.phenaki;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.longtake.bundle.BadBundleException;
import java.io.IOException;
import java.nio.file.Path;

/** One TorchScript archive. Used by one thread at a time. */
public final class Archive implements AutoCloseable {
    private final Model model;
    private final ParameterStore parameters;
    private final String name;

    private Archive(Model model, String name) {
        this.model = model;
        this.name = name;
        this.parameters = new ParameterStore(model.getNDManager(), false);
    }

    /**
     * Loads an archive and widens its weights.
     *
     * @param half bfloat16 inside, else float32
     */
    static Archive load(Path folder, String name, Device device, boolean half) throws BadBundleException {
        Model model = Model.newInstance(name, device, "PyTorch");
        try {
            model.load(folder, name);
            Archive archive = new Archive(model, name);
            try (NDManager step = archive.manager()) {
                archive.call(step, "prepare", step.create(new float[] {half ? 1 : 0}));
            }
            return archive;
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw new BadBundleException("the bundle's " + name + ".pt cannot be loaded: " + e.getMessage(), e);
        }
    }

    /** A manager for one call's arrays; closing it frees them all. */
    public NDManager manager() {
        return model.getNDManager().newSubManager();
    }

    /** Calls a method; results belong to {@code step}. */
    public NDList call(NDManager step, String method, NDArray... arguments) {
        NDList list = new NDList(arguments.length + 1);
        if (!method.equals("forward")) {
            // How DJL is told which method: by the name of a first, unused array. Results belong to the manager of the first array.
            NDArray placeholder = step.zeros(new Shape(1));
            placeholder.setName("module_method:" + method);
            list.add(placeholder);
        }
        for (NDArray argument : arguments) {
            list.add(argument);
        }
        NDList result = model.getBlock().forward(parameters, list, false);
        result.attach(step);
        return result;
    }

    @Override
    public void close() {
        model.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
