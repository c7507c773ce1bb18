/** The used part of react-router-dom 6, which the host provides in both shells. */
declare module 'react-router-dom' {
  export function useSearchParams(): [
    URLSearchParams,
    (change: (before: URLSearchParams) => URLSearchParams, options?: { replace?: boolean }) => void,
  ];
}
