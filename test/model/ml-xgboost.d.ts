/** What the oracle uses of ml-xgboost 1.1.2, which brings no types. Parameters are those of XGBoost itself. */
declare module 'ml-xgboost' {
  interface Booster {
    train(rows: readonly (readonly number[])[], labels: readonly number[]): void;
    predict(rows: readonly (readonly number[])[]): readonly number[];
    /** Its memory is WebAssembly's, which no garbage collector sees. */
    free(): void;
  }
  const xgboost: Promise<new (parameters: Readonly<Record<string, string | number>>) => Booster>;
  export default xgboost;
}
