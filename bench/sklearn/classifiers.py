"""Classifiers of scikit-learn on request. JSON lines in and out; the first line out names the versions.

in   {"train": PATH.npy, "test": PATH.npy, "y": [class of each training row]}              out  {}
     {"fit": "svm" | "svm-rbf" | "lda" | "forest", "gamma": number, "seed": number}        out  {"fitMs", "predictMs", "predicted": [...]}
"""
import json
import sys
import time


def say(message):
    print(json.dumps(message), flush=True)


try:
    import numpy as np
    import sklearn
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import SVC
except ImportError as error:
    say({"error": str(error)})
    sys.exit()


def make(request):
    return {
        "svm": lambda: SVC(kernel="linear", C=request["C"], cache_size=1000),
        "svm-rbf": lambda: SVC(kernel="rbf", C=request["C"], gamma=request["gamma"], cache_size=1000),
        "lda": lambda: make_pipeline(LinearDiscriminantAnalysis(), KNeighborsClassifier(1)),
        "forest": lambda: RandomForestClassifier(100, random_state=request["seed"]),
    }[request["fit"]]()


def main():
    say({"versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__}})
    train = test = y = None
    for line in sys.stdin:
        request = json.loads(line)
        if "train" in request:
            train, test, y = np.load(request["train"]), np.load(request["test"]), np.array(request["y"])
            say({})
            continue
        start = time.perf_counter()
        model = make(request).fit(train, y)
        fitted = time.perf_counter()
        predicted = model.predict(test)
        end = time.perf_counter()
        say({"fitMs": (fitted - start) * 1000, "predictMs": (end - fitted) * 1000, "predicted": predicted.tolist()})


main()
